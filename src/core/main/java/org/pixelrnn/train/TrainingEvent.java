package org.pixelrnn.train;

import java.nio.file.Path;
import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.proto.v1.Stage;

/**
 * What happens during training, as a {@link TrainingListener} hears of it. Every event names its
 * stage. Steps are counted from the beginning of the stage: the first step is step 1, and a resumed
 * run goes on counting.
 */
public sealed interface TrainingEvent {
  /** The stage of the model that is trained; {@link Stage#WHOLE} for a model of one network. */
  Stage stage();

  /**
   * A stage begins, or goes on where it was interrupted.
   *
   * @param directory the stage's folder: the run directory itself for a model of one network
   * @param shape the images that this stage's network models
   * @param batchSize images in a step
   * @param firstStep the number of steps that were taken before, 0 in a new run
   * @param lastStep the step at which training will end, if nothing ends it earlier
   * @param startingModel the folder of the exported version whose weights the run begins with;
   *     empty if they are random or if the run is resumed
   * @param best the best validation so far; empty if there was none, as in a new run
   * @param validationsSinceBest the number of validations after the best one
   */
  record Began(
      Stage stage,
      Path directory,
      ImageShape shape,
      int batchSize,
      long firstStep,
      long lastStep,
      Optional<Path> startingModel,
      Optional<Likelihood> best,
      long validationsSinceBest)
      implements TrainingEvent {}

  /**
   * A step was taken.
   *
   * @param step its number, from 1
   * @param nats the loss before the update: the mean of {@code -log p(x)} over the batch, in nats
   *     per image
   * @param bitsPerDim the same in bits per dimension
   * @param gradientNorm the L2 norm of all gradients together, before clipping
   * @param learningRate the step's learning rate
   * @param imagesPerSecond the images of all workers; the mean over the steps since {@link Began};
   *     the time of checkpoints, validation and listeners does not count
   * @param slowest the worker that the others waited for; empty if there is one worker
   */
  record StepTaken(
      Stage stage,
      long step,
      double nats,
      double bitsPerDim,
      double gradientNorm,
      double learningRate,
      double imagesPerSecond,
      Optional<SlowestWorker> slowest)
      implements TrainingEvent {}

  /**
   * The worker that took longest in a step.
   *
   * @param number its number
   * @param name its number and address
   * @param seconds the time it has computed
   */
  record SlowestWorker(int number, String name, double seconds) {}

  /**
   * A checkpoint was saved.
   *
   * @param step the last step before it
   * @param checkpoint its folder
   */
  record CheckpointSaved(Stage stage, long step, Path checkpoint) implements TrainingEvent {}

  /**
   * A validation is under way.
   *
   * @param step the last step before the validation
   * @param done images before and in the present batch, at least 1; with several workers, those
   *     that the others measure count as soon as their batch is passed over
   * @param total images to measure; if {@code done} is as many, the samples come next
   */
  record Validating(Stage stage, long step, int done, int total) implements TrainingEvent {}

  /**
   * The moving averages of the weights were validated.
   *
   * @param step the last step before the validation
   * @param likelihood the likelihood of the validation images
   * @param samples images that were sampled with the same weights; none if {@code
   *     training.sample_images} is 0 or if sampling failed
   */
  record Validated(Stage stage, long step, Likelihood likelihood, Images samples)
      implements TrainingEvent {}

  /**
   * A stage has ended. Every {@link Began} is followed by exactly one of these.
   *
   * @param step the last step
   * @param why the reason
   * @param failure what was thrown if the reason is {@link EndReason#FAILED}, otherwise empty
   */
  record Ended(Stage stage, long step, EndReason why, Optional<Throwable> failure)
      implements TrainingEvent {}
}
