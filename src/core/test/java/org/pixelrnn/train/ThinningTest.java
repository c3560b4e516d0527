package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.proto.v1.Stage;

/** The curves of a long run stay small. */
class ThinningTest {
  private static final ImageShape SHAPE = new ImageShape(28, 28, 1, 2);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 500, 10_000, 1_000_000, 10_000_000})
  void theNumberOfPointsGrowsWithTheLogarithm(long steps) {
    Thinning thinning = new Thinning(1 / 500.0);
    long[] kept = LongStream.rangeClosed(1, steps).filter(thinning::keeps).toArray();
    double expected = steps <= 500 ? steps : 500 + 500 * Math.log(steps / 500.0);
    assertEquals(expected, kept.length, 0.15 * expected);
    for (int i = 1; i < kept.length; i++) {
      long distance = kept[i] - kept[i - 1];
      assertTrue(distance <= Math.max(1, kept[i] / 500 + 1), "a gap before step " + kept[i]);
    }
  }

  /** Steps that lie far apart anyway are all kept: there are few of them. */
  @Test
  void rareStepsAreAllKept() {
    Thinning thinning = new Thinning(1 / 500.0);
    assertEquals(
        300, LongStream.rangeClosed(1, 300).map(i -> 3125 * i).filter(thinning::keeps).count());
  }

  /** 200,000 steps with a validation and a picture after every 10th. */
  @Test
  void theEventsOfALongRunAreFew() throws IOException {
    TensorBoardLog log = new TensorBoardLog();
    log.began(
        null,
        new TrainingEvent.Began(
            Stage.WHOLE, folder, SHAPE, 16, 0, 200_000, Optional.empty(), Optional.empty(), 0));
    Images samples = Images.of(SHAPE, new byte[36 * SHAPE.dimensions()]);
    for (long step = 1; step <= 200_000; step++) {
      log.stepTaken(
          new TrainingEvent.StepTaken(Stage.WHOLE, step, 100, 0.2, 1, 0.001, 50, Optional.empty()));
      if (step % 10 == 0) {
        log.validated(
            new TrainingEvent.Validated(
                Stage.WHOLE, step, Likelihood.getDefaultInstance(), samples));
      }
    }
    log.ended(new TrainingEvent.Ended(Stage.WHOLE, 200_000, EndReason.FINISHED, Optional.empty()));
    Path events = folder.resolve("events");
    SortedMap<Long, Float> training = Events.curve(events, TensorBoardLog.TRAINING);
    assertEquals(500, training.headMap(501L).size(), "each of the first steps");
    assertTrue(training.size() < 4000, training.size() + " points of training");
    int validations = Events.curve(events, TensorBoardLog.VALIDATION).size();
    assertTrue(validations > 1000 && validations < 3000, validations + " validations");
    long pictures =
        Events.read(events).stream()
            .flatMap(event -> event.getSummary().getValueList().stream())
            .filter(value -> value.hasImage())
            .count();
    assertTrue(pictures > 100 && pictures < 500, pictures + " pictures");
    List<Path> files;
    try (var all = Files.list(events)) {
      files = all.toList();
    }
    assertEquals(1, files.size());
    assertTrue(Files.size(files.get(0)) < 3_000_000, Files.size(files.get(0)) + " bytes");
  }
}
