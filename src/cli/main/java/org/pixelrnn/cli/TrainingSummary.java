package org.pixelrnn.cli;

import com.google.common.collect.Iterables;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.train.EndReason;
import org.pixelrnn.train.TrainingResult;

/**
 * The last lines of {@code pixelrnn train}: a line for each stage that has ended, with the command
 * that comes next. After a stop, one line says how to go on.
 *
 * @param runDirectory as the user gave it
 * @param onlyStage the stage that {@code --stage} names, if it was given
 */
record TrainingSummary(Path runDirectory, Optional<Stage> onlyStage) {

  /**
   * Prints the summary.
   *
   * @param out receives the ends of stages
   * @param err receives how to go on
   */
  void print(TrainingResult result, PrintWriter out, PrintWriter err) {
    result.stages().stream()
        .filter(end -> end.why() != EndReason.STOPPED)
        .forEach(end -> out.println(ended(end)));
    out.flush();
    if (result.stopped()) {
      err.println(stopped(Iterables.getLast(result.stages())));
      err.flush();
    }
  }

  private String ended(TrainingResult.StageEnd end) {
    String next =
        switch (end.stage()) {
          case SMALL ->
              onlyStage.isPresent()
                  ? "; next: pixelrnn train --run-dir " + runDirectory + " --resume --stage full"
                  : "";
          default -> "; next: pixelrnn export --run-dir " + runDirectory + " --to savedmodels/NAME";
        };
    String validated = end.validation().map(TrainingSummary::validated).orElse("not validated");
    return String.format(
        Locale.ROOT, "%s%d steps: %s%s", prefix(end.stage()), end.steps(), validated, next);
  }

  private static String validated(Likelihood validation) {
    return String.format(
        Locale.ROOT,
        "validation %.2f ± %.2f nats per image, %.4f bits/dim",
        validation.getNatsPerImage(),
        validation.getStandardErrorNats(),
        validation.getBitsPerDim());
  }

  private String stopped(TrainingResult.StageEnd end) {
    return String.format(
        Locale.ROOT,
        "%sstopped %s; go on with: pixelrnn train --run-dir %s --resume%s",
        prefix(end.stage()),
        end.steps() == 0 ? "before the first step" : "after step " + end.steps() + " and saved",
        runDirectory,
        onlyStage.map(stage -> " --stage " + TerminalProgress.name(stage)).orElse(""));
  }

  private static String prefix(Stage stage) {
    return stage == Stage.WHOLE ? "" : "stage " + TerminalProgress.name(stage) + ": ";
  }
}
