package org.pixelrnn.train;

import org.pixelrnn.image.ImageShape;
import org.pixelrnn.proto.v1.Stage;

/**
 * The memory and the time that training a stage takes on this machine, see {@link
 * TrainingBuilder#rehearse}.
 *
 * @param stage the stage of the model; {@link Stage#WHOLE} for a model of one network
 * @param shape the images that the stage's network models
 * @param batchSize images in a step
 * @param parameters the number of learned parameters
 * @param stepBytes an estimate of the memory of a process that takes these steps on CPUs
 * @param machineBytes the memory of this machine, or of its container
 * @param secondsPerStep the time of a step, the median of a few
 * @param stepsPerEpoch steps in an epoch
 * @param steps all steps that are planned
 */
public record StageCost(
    Stage stage,
    ImageShape shape,
    int batchSize,
    long parameters,
    long stepBytes,
    long machineBytes,
    double secondsPerStep,
    long stepsPerEpoch,
    long steps) {

  /** The time of an epoch without validations, in seconds. */
  public double secondsPerEpoch() {
    return secondsPerStep * stepsPerEpoch;
  }

  /** The time of all steps without validations, in seconds. */
  public double seconds() {
    return secondsPerStep * steps;
  }
}
