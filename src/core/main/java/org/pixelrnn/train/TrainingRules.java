package org.pixelrnn.train;

import com.google.common.collect.Range;
import org.pixelrnn.image.InputException;
import org.pixelrnn.model.ModelRules;
import org.pixelrnn.model.Rules;
import org.pixelrnn.proto.v1.Adam;
import org.pixelrnn.proto.v1.DataConfig;
import org.pixelrnn.proto.v1.LearningRate;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.RmsProp;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.TrainingConfig;

/** The rules that a {@link RunConfig} must keep for a run to begin. */
final class TrainingRules {
  private static final Range<Integer> POSITIVE = Range.atLeast(1);
  private static final Range<Integer> NOT_NEGATIVE = Range.atLeast(0);
  private static final Range<Double> POSITIVE_REAL = Range.open(0.0, Double.POSITIVE_INFINITY);
  private static final Range<Double> DECAY = Range.closedOpen(0.0, 1.0);

  private TrainingRules() {}

  /**
   * Checks the network, the data and the training. This must come before any graph is built.
   *
   * @throws InputException if a field breaks its rule; the message names every such field
   */
  static void check(RunConfig run) {
    Rules rules = new Rules();
    ModelRules.check(run.getModel(), rules);
    check(run.getData(), rules);
    check("training", run.getTraining(), rules);
    checkBatch("training", run.getModel(), run.getTraining(), rules);
    if (run.hasSmallTraining()) {
      if (run.getModel().hasMultiScale()) {
        check("small_training", Stages.smallTraining(run), rules);
        checkBatch("small_training", run.getModel(), Stages.smallTraining(run), rules);
      } else {
        rules.broken("small_training is set", "only a multi-scale model has a small network");
      }
    }
    rules.enforce();
  }

  private static void check(DataConfig data, Rules rules) {
    rules.within("data.validation_share", data.getValidationShare(), Range.open(0.0, 1.0));
    rules.within("data.random_crop", data.getRandomCrop(), Range.closed(0.0, 1.0));
  }

  private static void check(String path, TrainingConfig training, Rules rules) {
    switch (training.getOptimizerCase()) {
      case RMS_PROP -> check(path + ".rms_prop.", training.getRmsProp(), rules);
      case ADAM -> check(path + ".adam.", training.getAdam(), rules);
      case OPTIMIZER_NOT_SET ->
          rules.broken(path + ".optimizer is not set", "it must have rms_prop {} or adam {}");
    }
    check(path + ".learning_rate.", training.getLearningRate(), rules);
    rules.within(
        path + ".gradient_clip_norm",
        training.getGradientClipNorm(),
        Range.closedOpen(0.0, Double.POSITIVE_INFINITY));
    rules.within(path + ".averaging_decay", training.getAveragingDecay(), DECAY);
    rules.within(path + ".batch_size", training.getBatchSize(), Range.closed(1, 65536));
    switch (training.getLengthCase()) {
      case STEPS -> rules.within(path + ".steps", training.getSteps(), Range.atLeast(1L));
      case EPOCHS -> rules.within(path + ".epochs", training.getEpochs(), POSITIVE);
      case LENGTH_NOT_SET ->
          rules.broken(path + ".length is not set", "it must have steps or epochs");
    }
    rules.within(path + ".checkpoint_every_steps", training.getCheckpointEverySteps(), POSITIVE);
    rules.within(path + ".keep_checkpoints", training.getKeepCheckpoints(), POSITIVE);
    rules.within(path + ".validate_every_steps", training.getValidateEverySteps(), NOT_NEGATIVE);
    rules.within(path + ".validation_images", training.getValidationImages(), NOT_NEGATIVE);
    rules.within(path + ".sample_images", training.getSampleImages(), Range.closed(0, 1000));
  }

  /** A batch is one array of bytes. */
  private static void checkBatch(
      String path, ModelConfig model, TrainingConfig training, Rules rules) {
    long bytes =
        (long) training.getBatchSize() * model.getHeight() * model.getWidth() * model.getChannels();
    if (bytes > Integer.MAX_VALUE) {
      rules.broken(
          path + ".batch_size = " + training.getBatchSize(),
          "a batch of such images has " + bytes + " sub-pixels, expected at most 2147483647");
    }
  }

  private static void check(String path, RmsProp optimizer, Rules rules) {
    rules.within(path + "decay", optimizer.getDecay(), DECAY);
    rules.within(path + "momentum", optimizer.getMomentum(), DECAY);
    rules.within(path + "epsilon", optimizer.getEpsilon(), POSITIVE_REAL);
  }

  private static void check(String path, Adam optimizer, Rules rules) {
    rules.within(path + "beta1", optimizer.getBeta1(), DECAY);
    rules.within(path + "beta2", optimizer.getBeta2(), DECAY);
    rules.within(path + "epsilon", optimizer.getEpsilon(), POSITIVE_REAL);
  }

  private static void check(String path, LearningRate rate, Rules rules) {
    rules.within(path + "initial", rate.getInitial(), POSITIVE_REAL);
    rules.within(path + "warmup_steps", rate.getWarmupSteps(), Range.atLeast(0L));
    switch (rate.getDecayCase()) {
      case EXPONENTIAL -> {
        rules.within(
            path + "exponential.factor",
            rate.getExponential().getFactor(),
            Range.openClosed(0.0, 1.0));
        rules.within(
            path + "exponential.every_steps",
            rate.getExponential().getEverySteps(),
            Range.atLeast(1L));
      }
      case COSINE ->
          rules.within(
              path + "cosine.final_share",
              rate.getCosine().getFinalShare(),
              Range.closed(0.0, 1.0));
      case DECAY_NOT_SET -> {}
    }
  }
}
