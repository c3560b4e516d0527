package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workers that are killed, frozen, or never come. The others end within 30 seconds and say which
 * one was lost.
 *
 * <p>The slow test kills twice. The soak test kills twenty times, which takes some minutes:
 *
 * <pre>
 * mvn -pl src/core -am test -Dtest=LostWorkersTest -Dtest.groups=soak -Dtest.excludedGroups= \
 *     -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
@EnabledOnOs({OS.LINUX, OS.MAC})
class LostWorkersTest {
  private static final int LOST = 75;

  @TempDir private Path folder;

  /** Three workers form a ring, so each has two neighbours. The groups run at the same time. */
  @Test
  @Tag("slow")
  void areNamedByTheOthers() throws IOException, InterruptedException {
    try (WorkerProcesses killed = lose("KILL", 1);
        WorkerProcesses frozen = lose("STOP", 2);
        WorkerProcesses frozenLeader = lose("STOP", 0)) {
      assertNamed(killed, 1);
      assertNamed(frozen, 2);
      assertNamed(frozenLeader, 0);
    }
    for (String runs : List.of("KILL1", "STOP2", "STOP0")) {
      Path run = folder.resolve(runs).resolve("pixel_cnn");
      assertTrue(RunDirectory.open(run).checkpoints().last().orElseThrow().step() >= 20, runs);
    }
  }

  /** Starts three workers, and sends a signal to one of them after 25 steps. */
  private WorkerProcesses lose(String signal, int victim) throws IOException, InterruptedException {
    Path runs = Files.createDirectory(folder.resolve(signal + victim));
    WorkerProcesses all = start(runs, 3, "100000", "60");
    boolean sent = false;
    try {
      all.await(0, "step 25 ");
      all.signal(victim, signal);
      sent = true;
      return all;
    } finally {
      if (!sent) {
        all.close();
      }
    }
  }

  private static void assertNamed(WorkerProcesses all, int victim)
      throws IOException, InterruptedException {
    for (int other = 0; other < 3; other++) {
      if (other != victim) {
        all.assertEndsAfterSignal(other, LOST, 30);
        String last = "worker " + victim + " (" + all.address(victim) + ") does not answer";
        assertTrue(all.output(other).contains(last), all.output(other));
      }
    }
  }

  @Test
  @Tag("slow")
  void thatNeverComeAreNamed() throws IOException, InterruptedException {
    try (WorkerProcesses all = WorkerProcesses.of(3, folder)) {
      // Worker 2 greets worker 0 first, which may take longer to start.
      all.start(2, folder.toString(), "8", "20", "pixel_cnn");
      all.start(0, folder.toString(), "8", "4", "pixel_cnn");
      List<Integer> seconds = List.of(20, 4);
      for (int process = 0; process < 2; process++) {
        all.assertEnds(process, LOST, 60);
        String missing =
            "worker 1 (" + all.address(1) + ") has not come within " + seconds.get(process) + " s";
        assertTrue(all.output(process).contains(missing), all.output(process));
      }
    }
  }

  /** The system connects to any process that listens, but this one says nothing. */
  @Test
  @Tag("slow")
  void whosePortAnotherProcessHasAreNamed() throws IOException, InterruptedException {
    try (WorkerProcesses all = WorkerProcesses.of(2, folder);
        ServerSocket stranger = new ServerSocket(all.port(1))) {
      for (int worker = 0; worker < 2; worker++) {
        all.start(worker, folder.toString(), "8", "4", "pixel_cnn");
      }
      all.assertEnds(0, LOST, 60);
      String silent =
          "worker 1 ("
              + all.address(1)
              + ") has not come within 4 s: the process that listens there does not answer";
      assertTrue(all.output(0).contains(silent), all.output(0));
      all.assertEnds(1, 2, 60);
      String taken =
          "worker 1 (" + all.address(1) + ") cannot listen at port " + stranger.getLocalPort();
      assertTrue(all.output(1).contains(taken), all.output(1));
    }
  }

  @Test
  @Tag("slow")
  void twoKills() throws IOException, InterruptedException {
    kill(2, 300);
  }

  @Test
  @Tag("soak")
  void twentyKills() throws IOException, InterruptedException {
    kill(20, 3000);
  }

  /** Ends with the very weights of a run that nobody disturbs. */
  private void kill(int kills, int steps) throws IOException, InterruptedException {
    Path undisturbed = Files.createTempDirectory(folder, "undisturbed");
    Random random = new Random(26);
    // The undisturbed run trains at the same time, which saves time.
    try (WorkerProcesses whole = start(undisturbed, 2, "" + steps, "60")) {
      for (int kill = 1; kill <= kills; kill++) {
        try (WorkerProcesses all = start(2, "" + steps, "60")) {
          all.await(0, "step " + (steps * kill / (kills + 2)) + " ");
          Thread.sleep(random.nextInt(200));
          int victim = random.nextInt(2);
          all.signal(victim, "KILL");
          all.assertEnds(1 - victim, LOST, 30);
        }
      }
      whole.assertAllEnd();
    }
    try (WorkerProcesses all = start(2, "" + steps, "60")) {
      all.assertAllEnd();
    }
    assertArrayEquals(weights(undisturbed), weights(folder));
  }

  private static byte[] weights(Path run) throws IOException {
    Path last =
        RunDirectory.open(run.resolve("pixel_cnn")).checkpoints().last().orElseThrow().folder();
    return Files.readAllBytes(last.resolve("variables.data-00000-of-00001"));
  }

  private WorkerProcesses start(int workers, String until, String timeout) throws IOException {
    return start(folder, workers, until, timeout);
  }

  private WorkerProcesses start(Path runs, int workers, String until, String timeout)
      throws IOException {
    return WorkerProcesses.start(
        workers,
        Files.createTempDirectory(folder, "logs"),
        List.of(runs.toString(), until, timeout, "pixel_cnn").toArray(String[]::new));
  }
}
