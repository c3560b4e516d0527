package org.pixelrnn.train;

import java.util.ArrayList;
import java.util.List;
import org.pixelrnn.data.EvaluationImages;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.Split;
import org.pixelrnn.data.TrainingBatches;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.TrainingConfig;
import org.pixelrnn.sampler.LikelihoodBatch;

/**
 * The images that a stage is trained on and validated with.
 *
 * @param training the batch of each step
 * @param validation the images that each validation measures
 * @param validationInterval the number of steps from one validation to the next
 */
record StageData(TrainingBatches training, EvaluationImages validation, long validationInterval) {
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
            validationBatch(shape, config),
            config.getValidationImages());
    if (validation.count() == 0) {
      throw new InputException(
          "data "
              + data.name()
              + ": there are no validation images; expected at least 1 (a larger"
              + " data.validation_share sets more aside)");
    }
    int everySteps = config.getValidateEverySteps();
    return new StageData(
        training, validation, everySteps > 0 ? everySteps : training.stepsPerEpoch());
  }

  /**
   * Images that are validated at a time: no more than a step has, because a validation must not
   * need more memory than a step.
   */
  private static int validationBatch(ImageShape shape, TrainingConfig config) {
    return Math.min(config.getBatchSize(), LikelihoodBatch.size(shape));
  }

  /** The steps that the configuration asks for. */
  long plannedSteps(TrainingConfig config) {
    return config.hasSteps() ? config.getSteps() : config.getEpochs() * training.stepsPerEpoch();
  }

  /** True if the network is validated after this step, counted from 1. */
  boolean isValidated(long step) {
    return step % validationInterval == 0;
  }

  /** The number of validations in the first {@code steps} steps. */
  long validations(long steps) {
    return steps / validationInterval;
  }

  /** The first validation images; they are repeated if there are too few. */
  Images examples(int count) {
    List<Images> first = new ArrayList<>();
    int taken = 0;
    long batch = 0;
    do {
      Images next = validation.batch(batch % validation.batches());
      int more = Math.min(next.count(), count - taken);
      first.add(next.slice(0, more));
      taken += more;
      batch++;
    } while (taken < count);
    return Images.concat(first);
  }
}
