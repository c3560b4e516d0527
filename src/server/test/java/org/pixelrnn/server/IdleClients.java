package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Clients that connect and wait, in a process of their own: one process may not have enough files
 * for both ends. A third of them sends nothing, a third half of the headers, and some half of a
 * body.
 */
final class IdleClients implements AutoCloseable {
  private final Process process;

  /** Connects all clients. */
  IdleClients(int port, int count) throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes(),
                IdleClients.class.getName(),
                "" + port,
                "" + count)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertEquals(count + " connected", process.inputReader().readLine());
  }

  /** The folder of this class. The other process needs no library. */
  private static String classes() {
    try {
      return Path.of(IdleClients.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Connects clients to a port, and waits until the standard input ends. */
  public static void main(String[] args) throws IOException {
    String path = "/v1/models/m:sample";
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(args[1]); i++) {
      RawClient client = new RawClient(Integer.parseInt(args[0]), 0);
      clients.add(client);
      if (i % 3 == 1) {
        client.send("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-");
      } else if (i % 100 == 2) {
        client.send(RawClient.head(path, 10) + "{");
      }
    }
    System.out.println(clients.size() + " connected");
    while (System.in.read() >= 0) {
      // The other process has more to say.
    }
  }

  /** Hangs up all clients. */
  @Override
  public void close() {
    process.destroyForcibly();
  }
}
