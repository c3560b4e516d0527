package org.pixelrnn.train;

import java.nio.file.Path;
import java.util.Optional;

/** Thrown when the loss or the norm of the gradients is no longer a finite number. */
public final class TrainingDivergedException extends RuntimeException {
  /**
   * Describes the step that failed.
   *
   * @param step its number, counted from 1
   * @param found its loss and the norm of its gradients
   * @param lastGood the last checkpoint before it, if there is one
   */
  TrainingDivergedException(long step, TrainingGraph.Step found, Optional<Path> lastGood) {
    super(
        "training diverged at step "
            + step
            + ": loss "
            + found.natsPerImage()
            + ", gradient norm "
            + found.gradientNorm()
            + "; "
            + lastGood
                .map(checkpoint -> "the last good checkpoint is " + checkpoint)
                .orElse("there is no earlier checkpoint")
            + "; a lower training.learning_rate.initial or training.gradient_clip_norm may help");
  }
}
