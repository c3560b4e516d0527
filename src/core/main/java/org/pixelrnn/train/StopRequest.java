package org.pixelrnn.train;

/**
 * The requests that any thread can make of a run: to stop, or to end its present stage. The thread
 * that trains looks at them after each step. {@link LongCalls} hear of a request to stop at once.
 */
final class StopRequest {
  private volatile boolean run;
  private volatile boolean stage;

  /** What a request to stop the run does at once. Guarded by this. */
  private Runnable action = () -> {};

  synchronized void stopRun() {
    run = true;
    action.run();
  }

  /**
   * Does something as soon as the run is asked to stop, on the thread that asks. If the run was
   * asked already, does it now.
   *
   * @param stopping takes the place of an earlier one; it may run more than once
   */
  synchronized void whenStopped(Runnable stopping) {
    action = stopping;
    if (run) {
      stopping.run();
    }
  }

  void endStage() {
    stage = true;
  }

  /** Forgets a request to end the previous stage. */
  void nextStage() {
    stage = false;
  }

  boolean ofRun() {
    return run;
  }

  boolean isMade() {
    return run || stage;
  }
}
