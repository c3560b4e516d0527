package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

  /** Nobody closes the connections that are cut, so no worker hears that the other one is gone. */
  @Test
  void changesTheTimeOnlyUntilItIsCut() throws IOException, InterruptedException {
    WorkerProgram.run("pixel_cnn").train(folder.resolve("alone"), STEPS);
    try (SlowLink link = SlowLink.make(folder);
        WorkerProcesses all = WorkerProcesses.of(link.workers(), link::at, folder)) {
      for (int worker = 0; worker < 2; worker++) {
        all.start(worker, folder.toString(), "100000", "60", "pixel_cnn");
      }
      all.await(0, "step " + (STEPS + 5) + " ");
      link.cut(1);
      for (int worker = 0; worker < 2; worker++) {
        all.assertEnds(worker, LOST, 30);
        String other = "worker " + (1 - worker) + " (" + all.address(1 - worker) + ")";
        assertTrue(all.output(worker).contains(other + " does not answer"), all.output(worker));
      }
    }
    Path run = folder.resolve("pixel_cnn");
    long saved = RunDirectory.open(run).checkpoints().last().orElseThrow().step();
    assertTrue(saved >= STEPS, "step " + saved);
    SortedMap<Long, Float> expected = losses(folder.resolve("alone"));
    SortedMap<Long, Float> losses = losses(run);
    assertFalse(expected.isEmpty(), "no losses");
    assertTrue(losses.keySet().containsAll(expected.keySet()), () -> "steps " + losses.keySet());
    expected.forEach(
        (step, loss) -> assertEquals(loss, losses.get(step), 1e-4f * loss, "step " + step));
  }

  private static SortedMap<Long, Float> losses(Path run) throws IOException {
    return Events.curve(run.resolve("events"), "training/nats_per_image");
  }
}
