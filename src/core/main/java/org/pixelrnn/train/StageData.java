package org.pixelrnn.train;

import java.util.Collections;
import org.pixelrnn.data.EvaluationImages;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.Split;
import org.pixelrnn.data.TrainingBatches;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.TrainingConfig;

/**
 * The images that a stage is trained on and validated with.
 *
 * @param training the batch of each step
 * @param validation the images that are measured after each epoch
 */
record StageData(TrainingBatches training, EvaluationImages validation) {
  private static final int VALIDATION_BATCH = 100;

  /**
   * Takes a stage's images from a data set.
   *
   * @param run the configuration of the stage's run
   * @throws InputException if the data do not fit the model, or there are no images to train on or
   *     to validate with
   */
  static StageData of(ImageDataset data, RunConfig run) {
    TrainingConfig config = run.getTraining();
    ImageShape shape = ImageShape.of(run.getModel());
    TrainingBatches training =
        new TrainingBatches(data, shape, run.getData(), config.getBatchSize(), config.getSeed());
    EvaluationImages validation =
        new EvaluationImages(
            data,
            Split.VALIDATION,
            shape,
            run.getData(),
            VALIDATION_BATCH,
            config.getValidationImages());
    if (validation.count() == 0) {
      throw new InputException(
          "data "
              + data.name()
              + ": there are no validation images; expected at least 1 (a larger"
              + " data.validation_share sets more aside)");
    }
    return new StageData(training, validation);
  }

  /** The steps that the configuration asks for. */
  long plannedSteps(TrainingConfig config) {
    return config.hasSteps() ? config.getSteps() : config.getEpochs() * training.stepsPerEpoch();
  }

  /** True if an epoch ends with this step, counted from 1. */
  boolean isEndOfEpoch(long step) {
    return step % training.stepsPerEpoch() == 0;
  }

  /** The epochs that have ended after a number of steps. */
  long epochs(long steps) {
    return steps / training.stepsPerEpoch();
  }

  /** The first validation images; they are repeated if there are too few. */
  Images examples(int count) {
    Images first = validation.batch(0);
    return Images.concat(Collections.nCopies(1 + count / first.count(), first)).slice(0, count);
  }
}
