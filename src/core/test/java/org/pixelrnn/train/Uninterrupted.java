package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/**
 * A run that nothing has interrupted, to compare others with.
 *
 * @param ends how its stages ended
 * @param losses the loss of each step
 */
record Uninterrupted(
    SmallRun run, long steps, List<TrainingResult.StageEnd> ends, SortedMap<Long, Float> losses) {

  static Uninterrupted of(SmallRun run, long steps) throws IOException {
    Path folder = Files.createTempDirectory("uninterrupted");
    try {
      List<TrainingResult.StageEnd> ends = run.train(folder, steps).stages();
      return new Uninterrupted(run, steps, ends, losses(folder));
    } finally {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  /**
   * Resumes an interrupted run of one network: it takes the same steps and ends in the same way.
   */
  void assertSameWhenResumed(Path folder) throws IOException {
    assertEquals(ends, run.train(folder, steps).stages());
    assertEquals(losses, losses(folder));
  }

  private static SortedMap<Long, Float> losses(Path folder) throws IOException {
    return Events.curve(folder.resolve("events"), "training/nats_per_image");
  }
}
