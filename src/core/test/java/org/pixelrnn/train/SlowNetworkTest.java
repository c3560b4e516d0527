package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Two workers, each in a network of its own, joined by a {@link SlowLink}. It needs root. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class SlowNetworkTest {
  private static final int LOST = 75;
  private static final int STEPS = 20;

  @TempDir private Path folder;

  @Test
  void changesTheTimeOnly() throws IOException, InterruptedException {
    WorkerProgram.run("pixel_cnn").train(folder.resolve("alone"), STEPS);
    try (SlowLink link = SlowLink.make(folder);
        WorkerProcesses all = start(link, STEPS)) {
      all.assertAllEnd();
    }
    SortedMap<Long, Float> expected = losses(folder.resolve("alone"));
    SortedMap<Long, Float> losses = losses(folder.resolve("pixel_cnn"));
    assertEquals(expected.keySet(), losses.keySet());
    expected.forEach(
        (step, loss) -> assertEquals(loss, losses.get(step), 1e-4f * loss, "step " + step));
  }

  /** Nobody closes the connections, so no worker hears that the other one is gone. */
  @Test
  void thatIsCutEndsBoth() throws IOException, InterruptedException {
    try (SlowLink link = SlowLink.make(folder);
        WorkerProcesses all = start(link, 100_000)) {
      all.await(0, "step 25 ");
      link.cut(1);
      for (int worker = 0; worker < 2; worker++) {
        all.assertEnds(worker, LOST, 30);
        String other = "worker " + (1 - worker) + " (" + all.address(1 - worker) + ")";
        assertTrue(all.output(worker).contains(other + " does not answer"), all.output(worker));
      }
    }
    long saved =
        RunDirectory.open(folder.resolve("pixel_cnn")).checkpoints().last().orElseThrow().step();
    assertTrue(saved >= 20, "step " + saved);
  }

  private WorkerProcesses start(SlowLink link, int until) throws IOException {
    WorkerProcesses all = WorkerProcesses.of(link.workers(), link::at, folder);
    for (int worker = 0; worker < 2; worker++) {
      all.start(worker, folder.toString(), "" + until, "60", "pixel_cnn");
    }
    return all;
  }

  private static SortedMap<Long, Float> losses(Path run) throws IOException {
    return Events.curve(run.resolve("events"), "training/nats_per_image");
  }
}
