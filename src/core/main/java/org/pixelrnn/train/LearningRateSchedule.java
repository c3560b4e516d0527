package org.pixelrnn.train;

import org.pixelrnn.proto.v1.Cosine;
import org.pixelrnn.proto.v1.Exponential;
import org.pixelrnn.proto.v1.LearningRate;

/**
 * The learning rate of each step: {@code initial · min(1, (step + 1) / warmup) · decay(step)},
 * where steps are counted from 0.
 *
 * @param config the initial rate, the warm-up and the decay
 * @param steps the planned steps of the whole run, over which a cosine decays
 */
record LearningRateSchedule(LearningRate config, long steps) {

  /** The learning rate of one step, counted from 0. */
  double at(long step) {
    double warmup = Math.min(1, (step + 1.0) / Math.max(1, config.getWarmupSteps()));
    return config.getInitial() * warmup * decay(step);
  }

  private double decay(long step) {
    return switch (config.getDecayCase()) {
      case EXPONENTIAL -> {
        Exponential exponential = config.getExponential();
        yield Math.pow(exponential.getFactor(), (double) step / exponential.getEverySteps());
      }
      case COSINE -> {
        Cosine cosine = config.getCosine();
        double left = (1 + Math.cos(Math.PI * Math.min(1, (double) step / steps))) / 2;
        yield cosine.getFinalShare() + (1 - cosine.getFinalShare()) * left;
      }
      case DECAY_NOT_SET -> 1;
    };
  }
}
