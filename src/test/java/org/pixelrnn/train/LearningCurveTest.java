package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.TrainingConfig;

class LearningCurveTest {
  @TempDir private Path folder;
  private RunDirectory run;

  @BeforeEach
  void batchesOfTen() {
    TrainingConfig training = TrainingConfig.newBuilder().setBatchSize(10).build();
    RunConfig config = RunConfig.newBuilder().setTraining(training).build();
    run = new RunDirectory(folder, Run.newBuilder().setConfig(config).build(), Optional.empty());
  }

  @Test
  void isBitsByImagesSeen() throws IOException {
    try (EventLog log = new EventLog(run.events(), 0)) {
      log.scalars(1, Map.of(EventLog.TRAINING, 8.0, "training/nats_per_image", 99.0));
      log.scalars(2, Map.of(EventLog.TRAINING, 4.0));
      log.scalars(2, Map.of(EventLog.VALIDATION, 5.0));
    }
    LearningCurve curve = LearningCurve.of(run);
    assertEquals(Map.of(10L, 8.0, 20L, 4.0), curve.training());
    assertEquals(Map.of(20L, 5.0), curve.validation());
  }

  @Test
  void stepsTakenAgainReplaceThoseOfBefore() throws IOException {
    try (EventLog log = new EventLog(run.events(), 0)) {
      for (int step = 1; step <= 4; step++) {
        log.scalars(step, Map.of(EventLog.TRAINING, 8.0, EventLog.VALIDATION, 8.0));
      }
    }
    try (EventLog log = new EventLog(run.events(), 2)) {
      log.scalars(3, Map.of(EventLog.TRAINING, 4.0));
    }
    LearningCurve curve = LearningCurve.of(run);
    assertEquals(Map.of(10L, 8.0, 20L, 8.0, 30L, 4.0), curve.training());
    assertEquals(Map.of(10L, 8.0, 20L, 8.0), curve.validation());
  }

  @Test
  void whatAKillCutOffIsLeftOut() throws IOException {
    try (EventLog log = new EventLog(run.events(), 0)) {
      log.scalars(1, Map.of(EventLog.VALIDATION, 8.0));
      log.scalars(2, Map.of(EventLog.VALIDATION, 4.0));
    }
    Path file;
    try (Stream<Path> files = Files.list(run.events())) {
      file = files.findAny().orElseThrow();
    }
    byte[] whole = Files.readAllBytes(file);
    for (int missing : new int[] {1, 4, 10, 40}) {
      Files.write(file, Arrays.copyOf(whole, whole.length - missing));
      assertEquals(1, LearningCurve.of(run).validation().size(), missing + " bytes less");
    }
  }

  @Test
  void withoutValidationThereIsNone() throws IOException {
    InputException none = assertThrows(InputException.class, () -> LearningCurve.of(run));
    assertEquals(folder + ": training has not begun here", none.getMessage());
    try (EventLog log = new EventLog(run.events(), 0)) {
      log.scalars(1, Map.of(EventLog.TRAINING, 8.0));
    }
    InputException soon = assertThrows(InputException.class, () -> LearningCurve.of(run));
    assertEquals(
        folder + ": nothing was validated yet, which happens after each epoch", soon.getMessage());
  }

  @Test
  void smoothedItIsMeansOverRanges() {
    LearningCurve curve =
        new LearningCurve(
            new TreeMap<>(Map.of(10L, 8.0, 20L, 4.0, 90L, 3.0, 100L, 2.0)), new TreeMap<>());
    assertEquals(Map.of(15L, 6.0, 105L, 2.5), curve.smoothed(30));
  }

  /** Colours there are more of with two curves than with one. */
  @Test
  void eachRunHasAColour() throws IOException {
    try (EventLog log = new EventLog(run.events(), 0)) {
      log.scalars(1, Map.of(EventLog.TRAINING, 8.0));
      log.scalars(1, Map.of(EventLog.VALIDATION, 5.0));
      log.scalars(2, Map.of(EventLog.VALIDATION, 4.0));
    }
    RunDirectory other = new RunDirectory(folder.resolve("other"), run.run(), Optional.empty());
    try (EventLog log = new EventLog(other.events(), 0)) {
      log.scalars(1, Map.of(EventLog.TRAINING, 8.0));
      log.scalars(1, Map.of(EventLog.VALIDATION, 4.5));
      log.scalars(2, Map.of(EventLog.VALIDATION, 4.2));
    }
    Set<Integer> one = colours(LearningCurvesChart.of(List.of(run)));
    Set<Integer> two = colours(LearningCurvesChart.of(List.of(run, other)));
    assertNotEquals(one, two);
  }

  private static Set<Integer> colours(BufferedImage picture) {
    Set<Integer> colours = new HashSet<>();
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        colours.add(picture.getRGB(x, y));
      }
    }
    return colours;
  }
}
