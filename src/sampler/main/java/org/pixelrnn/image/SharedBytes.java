package org.pixelrnn.image;

import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * A number of bytes that all threads share. A thread takes the bytes that its work needs, and waits
 * until the others have left enough. Threads are served in the order in which they came.
 */
public final class SharedBytes {
  private static final int KILOBYTE = 1024;

  private final int kilobytes;
  private final Semaphore free;

  /** Shares {@code bytes} bytes, but at least a megabyte. */
  SharedBytes(long bytes) {
    this.kilobytes = (int) Math.max(KILOBYTE, Math.min(Integer.MAX_VALUE, bytes / KILOBYTE));
    this.free = new Semaphore(kilobytes, true);
  }

  /**
   * A part of the heap.
   *
   * @param share in {@code (0, 1)}
   */
  public static SharedBytes ofHeap(double share) {
    return new SharedBytes((long) (share * Runtime.getRuntime().maxMemory()));
  }

  /** The bytes that a thread has taken. */
  interface Taken extends AutoCloseable {
    /** Gives the bytes back. */
    @Override
    void close();
  }

  /**
   * Takes a number of bytes. Work that needs more bytes than there are takes all, and is then
   * alone. A thread that holds bytes must not take others of the same {@code SharedBytes}: several
   * such threads would wait for each other for ever.
   */
  Taken take(long bytes) {
    int taken = (int) Math.min(kilobytes, bytes / KILOBYTE + 1);
    free.acquireUninterruptibly(taken);
    return () -> free.release(taken);
  }

  /** Does work that needs a number of bytes: see {@link #take}. */
  public <T> T during(long bytes, Supplier<T> work) {
    Taken taken = take(bytes);
    try {
      return work.get();
    } finally {
      taken.close();
    }
  }
}
