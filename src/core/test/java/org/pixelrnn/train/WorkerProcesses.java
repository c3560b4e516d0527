package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.net.HostAndPort;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Processes of {@link WorkerProgram} on this machine. */
final class WorkerProcesses implements AutoCloseable {
  private final List<String> addresses;
  private final List<Process> processes = new ArrayList<>();

  /** The {@link System#nanoTime} at which each process has ended. */
  private final List<CompletableFuture<Long>> ends = new ArrayList<>();

  /** The time of the last signal. */
  private long signalled;

  private final List<Path> outputs = new ArrayList<>();
  private final Path logs;

  /** The words before the command of a worker. */
  private final IntFunction<List<String>> prefix;

  private WorkerProcesses(List<String> addresses, IntFunction<List<String>> prefix, Path logs) {
    this.addresses = addresses;
    this.prefix = prefix;
    this.logs = logs;
  }

  /** A cluster none of whose workers has started. */
  static WorkerProcesses of(int count, Path logs) throws IOException {
    List<ServerSocket> free = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      free.add(new ServerSocket(0));
    }
    List<String> addresses =
        free.stream().map(socket -> "127.0.0.1:" + socket.getLocalPort()).toList();
    for (ServerSocket socket : free) {
      socket.close();
    }
    return of(addresses, worker -> List.of(), logs);
  }

  /**
   * A cluster none of whose workers has started.
   *
   * @param addresses {@code host:port} of each worker
   * @param prefix the words before the command of each worker, for instance {@code ip netns exec}
   */
  static WorkerProcesses of(List<String> addresses, IntFunction<List<String>> prefix, Path logs) {
    return new WorkerProcesses(addresses, prefix, logs);
  }

  /** Starts all workers with the same arguments. */
  static WorkerProcesses start(int count, Path logs, String... arguments) throws IOException {
    WorkerProcesses all = of(count, logs);
    for (int i = 0; i < count; i++) {
      all.start(i, arguments);
    }
    return all;
  }

  /** Starts the next worker, which has a number. */
  void start(int index, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(prefix.apply(index));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
            "-cp",
            System.getProperty("java.class.path"),
            WorkerProgram.class.getName()));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(logs, "worker" + index + "-", ".log");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(output.toFile());
    builder
        .environment()
        .put(
            "TF_CONFIG",
            "{\"cluster\": {\"worker\": ["
                + addresses.stream().map(a -> '"' + a + '"').collect(Collectors.joining(", "))
                + "]}, \"task\": {\"type\": \"worker\", \"index\": "
                + index
                + "}}");
    Process process = builder.start();
    processes.add(process);
    ends.add(process.onExit().thenApply(ended -> System.nanoTime()));
    outputs.add(output);
  }

  /** The address of a worker. */
  String address(int worker) {
    return addresses.get(worker);
  }

  /** The port of a worker. */
  int port(int worker) {
    return HostAndPort.fromString(addresses.get(worker)).getPort();
  }

  /** The lines that a worker has printed. */
  String output(int worker) throws IOException {
    return Files.readString(outputs.get(worker));
  }

  /** Sends a signal, for instance {@code STOP}. */
  void signal(int worker, String signal) throws IOException, InterruptedException {
    long pid = processes.get(worker).pid();
    signalled = System.nanoTime();
    assertEquals(0, new ProcessBuilder("kill", "-" + signal, "" + pid).start().waitFor());
  }

  /** Waits until a worker has printed a text. */
  void await(int worker, String text) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    while (!output(worker).contains(text)) {
      assertTrue(processes.get(worker).isAlive(), () -> "it has ended: " + all());
      assertTrue(System.nanoTime() < end, () -> "no \"" + text + "\": " + all());
      Thread.sleep(50);
    }
  }

  /** Waits until a worker has ended, and checks its exit status. */
  void assertEnds(int worker, int status, int seconds) throws InterruptedException {
    assertTrue(processes.get(worker).waitFor(seconds, TimeUnit.SECONDS), this::all);
    assertEquals(status, processes.get(worker).exitValue(), this::all);
  }

  /** Waits until a worker has ended, and checks its exit status and its time since the signal. */
  void assertEndsAfterSignal(int worker, int status, int seconds) throws InterruptedException {
    assertEnds(worker, status, seconds);
    long nanos = ends.get(worker).join() - signalled;
    assertTrue(nanos < TimeUnit.SECONDS.toNanos(seconds), () -> nanos / 1e9 + " s: " + all());
  }

  /** Waits until all workers have done their work. */
  void assertAllEnd() throws InterruptedException {
    for (int worker = 0; worker < processes.size(); worker++) {
      assertEnds(worker, 0, 120);
    }
  }

  private String all() {
    return IntStream.range(0, outputs.size())
        .mapToObj(
            i -> {
              try {
                return "worker " + i + ": " + output(i);
              } catch (IOException e) {
                return "worker " + i + ": " + e;
              }
            })
        .collect(Collectors.joining("\n"));
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }
}
