package org.pixelrnn.train;

/**
 * The requests that any thread can make of a run: to stop, or to end its present stage. The thread
 * that trains looks at them after each step and within validation.
 */
final class StopRequest {
  private volatile boolean run;
  private volatile boolean stage;

  void stopRun() {
    run = true;
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
