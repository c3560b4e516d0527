package org.pixelrnn.train;

/** The reason why the training of a stage has ended. */
public enum EndReason {
  /** All steps of the configuration were taken. */
  FINISHED,
  /** The step given to {@link TrainingBuilder#maxSteps} was reached. */
  STEP_LIMIT,
  /** {@link Training#endStage} was called, for instance by {@link EarlyStopping}. */
  ENDED_EARLY,
  /**
   * {@link Training#stop} was called, or the thread in {@link Training#run} was interrupted, before
   * all steps were taken and validated.
   */
  STOPPED,
  /** Something was thrown. */
  FAILED
}
