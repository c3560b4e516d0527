package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Pointer;

/**
 * The number of native objects that are alive. A test compares it before and after: a garbage
 * collection would free what the code forgot, so the size of the process tells little.
 */
final class NativeObjects {
  private final long before;

  private NativeObjects(long before) {
    this.before = before;
  }

  /**
   * Counts the objects that are alive now. It collects the garbage of earlier tests first, and
   * waits until the number stays: an object that is collected later would hide one that is left.
   */
  static NativeObjects count() throws InterruptedException {
    long before;
    long now = Pointer.totalCount();
    do {
      before = now;
      System.gc();
      TimeUnit.MILLISECONDS.sleep(20);
      now = Pointer.totalCount();
    } while (now != before);
    return new NativeObjects(now);
  }

  /** Checks that no more objects are alive than before. */
  void assertNoneIsLeft() {
    long more = Pointer.totalCount() - before;
    assertTrue(more <= 0, more + " native objects are left");
  }

  /** Checks that more objects are alive than before. */
  void assertSomeAreAlive() {
    long more = Pointer.totalCount() - before;
    assertTrue(more > 0, more + " native objects more");
  }
}
