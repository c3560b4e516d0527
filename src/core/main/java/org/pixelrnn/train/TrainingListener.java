package org.pixelrnn.train;

/**
 * Receives the events of training. A method that is not overridden does nothing.
 *
 * <pre>{@code
 * TrainingListener printer =
 *     new TrainingListener() {
 *       @Override
 *       public void validated(TrainingEvent.Validated event) {
 *         System.out.println(event.step() + ": " + event.likelihood().getNatsPerImage());
 *       }
 *     };
 * }</pre>
 *
 * <p>One thread, the thread that trains, calls all methods and waits for them. Interrupting that
 * thread stops the run, as {@link Training#stop} does.
 *
 * <p>An exception thrown by a listener stops the run: the last step is saved in a checkpoint, every
 * listener that was told of the beginning is told that the stage has {@link #ended}, and {@link
 * Training#run} throws the exception.
 */
public interface TrainingListener {
  /**
   * A stage begins, or goes on where it was interrupted.
   *
   * @param training the run, which a listener may {@link Training#stop}
   * @param event what begins
   */
  default void began(Training training, TrainingEvent.Began event) {}

  /** A step was taken. */
  default void stepTaken(TrainingEvent.StepTaken event) {}

  /** A checkpoint was saved. Before a validation this comes before {@link #validated}. */
  default void checkpointSaved(TrainingEvent.CheckpointSaved event) {}

  /**
   * Some more validation images were measured. If the run is asked to stop during a validation, it
   * has no more of these events and no {@link #validated}; the resumed run begins it anew.
   */
  default void validating(TrainingEvent.Validating event) {}

  /** The network was validated, as {@code training.validate_every_steps} says. */
  default void validated(TrainingEvent.Validated event) {}

  /**
   * A stage has ended, for whatever reason. Every listener whose {@link #began} was called gets
   * this call, even if a listener has thrown an exception.
   */
  default void ended(TrainingEvent.Ended event) {}
}
