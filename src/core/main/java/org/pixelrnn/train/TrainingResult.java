package org.pixelrnn.train;

import com.google.common.collect.Iterables;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.proto.v1.Stage;

/**
 * How a run ended.
 *
 * @param runDirectory the folder that has its checkpoints
 * @param stages how each stage ended, at least one, in the order in which they were trained; a
 *     stage that did not begin is missing
 * @param stopped true if the run was asked to stop and something was left to do; another {@link
 *     Training} of the directory resumes it
 */
public record TrainingResult(Path runDirectory, List<StageEnd> stages, boolean stopped) {
  /**
   * How a stage ended.
   *
   * @param stage the stage
   * @param steps the steps that were taken since the stage began, also those before a resume
   * @param validation the validation of the last checkpoint; empty if it was not validated
   * @param why the reason
   */
  public record StageEnd(Stage stage, long steps, Optional<Likelihood> validation, EndReason why) {}

  /** The steps of the last stage. */
  public long steps() {
    return last().steps();
  }

  /** The validation of the last stage's last checkpoint; empty if it was not validated. */
  public Optional<Likelihood> validation() {
    return last().validation();
  }

  private StageEnd last() {
    return Iterables.getLast(stages);
  }

  /**
   * Exports the best checkpoint of the run: the moving averages of the weights where the validated
   * negative log-likelihood was lowest.
   *
   * @param folder the model's folder; the export is its next version
   * @return the version's folder
   * @throws InputException if a stage has no checkpoint yet, or the folder cannot be written to
   */
  public Path export(Path folder) {
    try (TrainedModel trained = TrainedModel.open(RunDirectory.open(runDirectory))) {
      return trained.export(folder);
    }
  }
}
