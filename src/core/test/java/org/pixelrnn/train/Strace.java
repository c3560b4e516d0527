package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * Makes file operations of a running process fail with "No space left on device", also those of
 * TensorFlow: strace is attached to threads of the process, and detached by {@link #close}.
 *
 * <p>strace counts each kind of operation of each thread by itself. So one thread and one kind at a
 * time makes every operation fail in turn.
 */
final class Strace implements AutoCloseable {
  /** The kinds of operations. Other machines may have other ones. */
  static final List<String> OPERATIONS = List.of("mkdir", "write", "pwrite64", "rename", "fsync");

  private final Process process;

  private Strace(Process process) {
    this.process = process;
  }

  /**
   * Operations that fail.
   *
   * @param kind one of {@link #OPERATIONS}, or {@code all}
   * @param when {@code 3} the third, {@code 3+} the third and all later ones
   */
  record Fault(String kind, String when) {
    private String operations() {
      return kind.equals("all") ? String.join(",", OPERATIONS) : kind;
    }
  }

  /**
   * Attaches strace. Where this machine has no strace, or refuses it, the test is skipped.
   *
   * @param threads the threads that the fault hits
   * @param log the file for what strace sees
   */
  static Strace attach(List<Long> threads, Fault fault, Path log)
      throws IOException, InterruptedException {
    Path said = log.resolveSibling(log.getFileName() + ".said");
    // -y writes the paths of files.
    List<String> command = new ArrayList<>(List.of("strace", "-qq", "-y", "-o", log.toString()));
    command.addAll(List.of("-e", "trace=" + fault.operations()));
    command.addAll(
        List.of("-e", "inject=" + fault.operations() + ":error=ENOSPC:when=" + fault.when()));
    threads.forEach(thread -> command.addAll(List.of("-p", Long.toString(thread))));
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
    } catch (IOException e) {
      Assumptions.abort("there is no strace here: " + e.getMessage());
      throw e;
    }
    Strace strace = new Strace(process);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!tracesAll(threads)) {
      if (!process.isAlive()) {
        Assumptions.abort("ptrace is refused here: " + Files.readString(said).strip());
      }
      assertTrue(System.nanoTime() < deadline, "strace does not attach");
      TimeUnit.MILLISECONDS.sleep(10);
    }
    return strace;
  }

  private static boolean tracesAll(List<Long> threads) {
    for (long thread : threads) {
      Path status = Path.of("/proc/" + thread + "/status");
      try {
        if (Files.readAllLines(status).contains("TracerPid:\t0")) {
          return false;
        }
      } catch (IOException e) {
        // The thread has ended.
      }
    }
    return true;
  }

  @Override
  public void close() {
    // This is what Ctrl-C does; strace lets go of the process then.
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
