package org.pixelrnn.train;

import java.util.concurrent.CountDownLatch;

/**
 * Ctrl-C or SIGTERM while work is under way: the virtual machine's end is held up until the work
 * has been brought to a good place and this is closed.
 */
final class Interruption implements AutoCloseable {
  private final CountDownLatch inGoodPlace = new CountDownLatch(1);
  private final Thread hook = new Thread(this::hold, "interruption");
  private volatile boolean requested;

  Interruption() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Whether the work should stop. */
  boolean requested() {
    return requested;
  }

  @Override
  public void close() {
    inGoodPlace.countDown();
    if (!requested) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException alreadyEnding) {
        // The end has begun between the check and the call: the hook finds the latch open.
      }
    }
  }

  private void hold() {
    requested = true;
    try {
      inGoodPlace.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
