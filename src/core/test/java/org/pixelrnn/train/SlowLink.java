package org.pixelrnn.train;

import com.google.common.base.Splitter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * Two network namespaces of Linux, joined by a link that delays every packet by 10 ms and loses 1 %
 * of them:
 *
 * <pre>
 *   namespace 0                                namespace 1
 *   10.26.0.1, device `slow`  ── slow_link.py ──  device `slow`, 10.26.0.2
 * </pre>
 *
 * <p>Processes in one namespace reach the other through the link only.
 */
final class SlowLink implements AutoCloseable {
  private static final String SECONDS = "0.01";
  private static final String LOSS = "0.01";
  private static final List<String> ADDRESSES = List.of("10.26.0.1", "10.26.0.2");

  private final List<String> namespaces = new ArrayList<>();
  private Process carrier;

  private SlowLink() {}

  /** Makes the link. Where this machine has no namespaces, or refuses them, the test is skipped. */
  static SlowLink make(Path folder) throws IOException, InterruptedException {
    SlowLink link = new SlowLink();
    boolean made = false;
    try {
      link.addNamespaces();
      link.carry(folder);
      made = true;
      return link;
    } finally {
      if (!made) {
        link.close();
      }
    }
  }

  private void addNamespaces() throws IOException, InterruptedException {
    for (int end = 0; end < 2; end++) {
      String name = "pixelrnn-" + ProcessHandle.current().pid() + "-" + end;
      require("ip netns add " + name);
      namespaces.add(name);
      // A worker reaches its own server at 127.0.0.1.
      require("ip -n " + name + " link set lo up");
      // Some systems make a namespace and let nobody in.
      require("ip netns exec " + name + " true");
    }
  }

  private void carry(Path folder) throws IOException {
    Path program = folder.resolve("slow_link.py");
    Files.write(program, SlowLink.class.getResourceAsStream("slow_link.py").readAllBytes());
    List<String> command = new ArrayList<>(List.of("python3", program.toString()));
    for (int end = 0; end < 2; end++) {
      command.addAll(List.of(namespaces.get(end), ADDRESSES.get(end)));
    }
    command.addAll(List.of(SECONDS, LOSS));
    carrier = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader said = carrier.inputReader(StandardCharsets.UTF_8);
    String line = said.readLine();
    if (!"ready".equals(line)) {
      String rest = String.join(" ", said.lines().toList());
      Assumptions.abort("devices of a link are refused here: " + line + " " + rest);
    }
  }

  /** {@code host:port} at each end. No other process has these ports. */
  List<String> workers() {
    return ADDRESSES.stream().map(address -> address + ":2222").toList();
  }

  /** The words before a command that run it at one end. */
  List<String> at(int end) {
    return List.of("ip", "netns", "exec", namespaces.get(end));
  }

  /** Takes one end away. What the other end sends is lost. */
  void cut(int end) throws IOException, InterruptedException {
    require("ip -n " + namespaces.get(end) + " link set slow down");
  }

  private static void require(String command) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(words(command)).redirectErrorStream(true).start();
    } catch (IOException e) {
      Assumptions.abort("there is no command `ip` here: " + e.getMessage());
      throw e;
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      Assumptions.abort("`" + command + "` is refused here: " + said.strip());
    }
  }

  private static List<String> words(String command) {
    return Splitter.on(' ').splitToList(command);
  }

  @Override
  public void close() {
    if (carrier != null) {
      carrier.destroyForcibly();
    }
    for (String name : namespaces) {
      try {
        new ProcessBuilder(words("ip netns delete " + name)).inheritIO().start().waitFor();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
