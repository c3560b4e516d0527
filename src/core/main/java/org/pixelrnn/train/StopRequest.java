package org.pixelrnn.train;

import org.pixelrnn.train.workers.WorkerGroup;

/**
 * The requests that any thread can make of a run: to stop, or to end its present stage. The thread
 * that trains looks at them after each step. {@link LongCalls} hear of a request to stop at once.
 *
 * <p>A request is a wish of one worker. The workers tell one another their wishes with each step,
 * so that all of them stop after the same one.
 */
final class StopRequest {
  /** The number of different wishes. */
  static final int WISHES = 2;

  private final boolean alone;
  private volatile boolean wishesRun;
  private volatile boolean wishesStage;
  private volatile boolean agreedRun;
  private volatile boolean agreedStage;

  /** The action that a request to stop the run starts at once. Guarded by this. */
  private Runnable action = () -> {};

  StopRequest(WorkerGroup workers) {
    alone = workers.count() == 1;
  }

  synchronized void stopRun() {
    wishesRun = true;
    action.run();
  }

  /**
   * Does something as soon as this worker is asked to stop the run, on the thread that asks. If it
   * was asked already, does it now.
   *
   * @param stopping takes the place of an earlier one; it may run more than once
   */
  synchronized void whenStopped(Runnable stopping) {
    action = stopping;
    if (wishesRun) {
      stopping.run();
    }
  }

  void endStage() {
    wishesStage = true;
  }

  /** Forgets a request to end the previous stage. */
  void nextStage() {
    wishesStage = false;
    agreedStage = false;
  }

  /** 1 for each wish of this worker: to stop the run, to end the stage. Otherwise 0. */
  float[] wishes() {
    return new float[] {wishesRun ? 1 : 0, wishesStage ? 1 : 0};
  }

  /**
   * Hears what all workers wish.
   *
   * @param counts the sums of all {@link #wishes}, perhaps with other numbers behind them
   */
  void hear(float[] counts) {
    agreedRun |= counts[0] > 0;
    agreedStage |= counts[1] > 0;
  }

  /** True if the run stops. */
  boolean ofRun() {
    return alone ? wishesRun : agreedRun;
  }

  /** True if the run or its present stage ends. */
  boolean isMade() {
    return alone ? wishesRun || wishesStage : agreedRun || agreedStage;
  }
}
