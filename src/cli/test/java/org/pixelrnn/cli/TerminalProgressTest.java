package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.train.TrainingEvent;

class TerminalProgressTest {
  @Test
  void theBarShowsTheSlowestWorker() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    TerminalProgress progress =
        new TerminalProgress(new PrintStream(printed, true, StandardCharsets.UTF_8), true);
    ImageShape shape = new ImageShape(28, 28, 1, 2);
    progress.began(
        null,
        new TrainingEvent.Began(
            Stage.WHOLE,
            Path.of("run"),
            shape,
            16,
            0,
            100_000,
            Optional.empty(),
            Optional.empty(),
            0));
    TrainingEvent.SlowestWorker slowest =
        new TrainingEvent.SlowestWorker(1, "worker 1 (b:2222)", 0.4);
    progress.stepTaken(
        new TrainingEvent.StepTaken(
            Stage.WHOLE, 99_999, 100, 0.2, 1, 0.001, 12_345, Optional.of(slowest)));
    // The bar is printed once more when it is closed.
    progress.ended(null);
    String bar = printed.toString(StandardCharsets.UTF_8);
    assertTrue(bar.contains("12345 img/s"), bar);
    assertTrue(bar.contains("slowest: 1"), bar);
  }
}
