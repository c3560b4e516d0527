package org.pixelrnn.sampler;

import com.google.common.base.Preconditions;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Lets calls through until it is closed. Whoever closes it waits for the calls that are under way;
 * new calls are refused at once.
 *
 * <p>A call may make further calls on its own thread. They belong to it, so they are let through
 * even if the gate is closed meanwhile.
 */
final class CallGate {
  private final String refusal;

  /** Each call holds the read lock. The write lock is free when no call is under way. */
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  private volatile boolean closed;

  /** Guarded by the write lock. */
  private boolean freed;

  /**
   * Makes an open gate.
   *
   * @param refusal the message of the exception for new calls after {@link #close}
   */
  CallGate(String refusal) {
    this.refusal = refusal;
  }

  /**
   * Makes a call.
   *
   * @throws IllegalStateException if the gate is closed, and this is not part of a call under way
   */
  <T> T call(Supplier<T> call) {
    // Unlike lock(), tryLock() never waits behind a thread that waits for the write lock.
    if (refuses() || !lock.readLock().tryLock()) {
      throw refusal();
    }
    try {
      // It may have been closed since it was asked.
      if (closed && lock.getReadHoldCount() == 1) {
        throw refusal();
      }
      return call.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** True if a call of this thread would be refused. */
  boolean refuses() {
    return closed && lock.getReadHoldCount() == 0;
  }

  IllegalStateException refusal() {
    return new IllegalStateException(refusal);
  }

  /**
   * Refuses new calls from now on.
   *
   * @throws IllegalStateException if a call that is under way does this itself
   */
  void close() {
    Preconditions.checkState(
        lock.getReadHoldCount() == 0, "a call of a sampler cannot close the sampler");
    closed = true;
  }

  /** Waits until no call is under way, then frees what calls need. Later calls only wait. */
  void awaitEnd(Runnable free) {
    lock.writeLock().lock();
    try {
      if (!freed) {
        freed = true;
        free.run();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
