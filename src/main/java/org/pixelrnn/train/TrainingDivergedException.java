package org.pixelrnn.train;

import java.nio.file.Path;
import java.util.Optional;

/** The loss, or the gradient's norm, is no longer a finite number. */
public final class TrainingDivergedException extends RuntimeException {
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
                .orElse("there is no checkpoint from before")
            + "; a lower training.learning_rate.initial or training.gradient_clip_norm may help");
  }
}
