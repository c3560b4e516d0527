package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.train.TrainingEvent;

/** The command line tells the memory and the time of a run. */
class CostOfARunTest {
  @TempDir private Path folder;

  @Test
  void aDryRunPrintsWhatARunCostsAndWritesNothing() throws IOException {
    String out =
        Commands.run(
                0,
                "train --preset strokes-pixelcnn --data strokes --dry-run --set model.h=4"
                    + " --set model.layers=1 --max-steps 1000")
            .out();
    List<String> names = out.lines().map(line -> line.substring(0, 20).strip()).toList();
    assertEquals(
        List.of("parameters", "a step", "time of a step", "time of an epoch", "time of the run"),
        names,
        out);
    assertTrue(out.contains("16 images of 28×28×1"), out);
    assertTrue(out.contains("(1000 steps), validations not counted"), out);
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--dry-run --resume"})
  void whatIsKeptNeedsARunFolder(String options) {
    Commands.assertRefused(
        "Missing required option: '--run-dir=DIR'",
        "train --preset strokes-pixelcnn --data strokes " + options);
  }

  /** No machine has so much memory. */
  @Test
  void aStepThatCannotFitIsRefused() throws IOException {
    Commands.assertRefused(
        "training.batch_size = 60000: a step needs about ",
        "train --preset strokes-diagonal-bilstm --data strokes --run-dir {} --set model.h=2048"
            + " --set model.layers=48 --set training.batch_size=60000",
        folder.resolve("run"));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.5, 0.5 seconds",
    "119, 119 seconds",
    "120, 2.0 minutes",
    "7199, 120 minutes",
    "12600, 3.5 hours",
    "6220800, 72 days"
  })
  void timesAreRough(double seconds, String words) {
    assertEquals(words, RoughTime.of(seconds));
  }

  /** Four steps of some milliseconds, of a run of a billion steps or of a thousand. */
  @ParameterizedTest
  @CsvSource({"1000000000, true", "1000, false"})
  void aRunOfDaysIsAnnounced(long steps, boolean announced) throws InterruptedException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    TerminalProgress progress =
        new TerminalProgress(new PrintStream(printed, true, StandardCharsets.UTF_8), false);
    ImageShape shape = new ImageShape(28, 28, 1, 2);
    progress.began(
        null,
        new TrainingEvent.Began(
            Stage.WHOLE, folder, shape, 16, 0, steps, Optional.empty(), Optional.empty(), 0));
    for (long step = 1; step <= 6; step++) {
      Thread.sleep(5);
      progress.stepTaken(
          new TrainingEvent.StepTaken(Stage.WHOLE, step, 100, 0.2, 1, 0.001, 50, Optional.empty()));
    }
    String lines = printed.toString(StandardCharsets.UTF_8);
    assertEquals(announced ? 1 : 0, lines.lines().count(), lines);
    assertEquals(announced, lines.matches("(?s)this run takes about \\d+ days .*"), lines);
  }
}
