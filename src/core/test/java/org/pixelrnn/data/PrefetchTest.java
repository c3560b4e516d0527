package org.pixelrnn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;

@Timeout(60)
class PrefetchTest {
  private static final ImageShape ONE = new ImageShape(1, 1, 1, 256);

  private static Images of(long step) {
    return Images.of(ONE, new byte[] {(byte) step});
  }

  @Test
  void givesTheBatchesInOrder() {
    try (Prefetch ahead = new Prefetch(PrefetchTest::of, 17, 3)) {
      for (long step = 17; step < 200; step++) {
        assertEquals(of(step), ahead.next());
      }
    }
  }

  @Test
  void decodesTheGivenNumberOfBatchesAheadOnDaemonThreads() throws InterruptedException {
    AtomicLong started = new AtomicLong();
    Set<Boolean> daemons = Collections.synchronizedSet(new HashSet<>());
    CountDownLatch four = new CountDownLatch(4);
    try (Prefetch ahead =
        new Prefetch(
            step -> {
              started.incrementAndGet();
              daemons.add(Thread.currentThread().isDaemon());
              four.countDown();
              return of(step);
            },
            0,
            4)) {
      four.await();
      Thread.sleep(50);
      assertEquals(4, started.get());
      ahead.next();
    }
    assertTrue(started.get() <= 5);
    assertEquals(Set.of(true), daemons);
  }

  @Test
  void decodesBatchesAtTheSameTimeAndKeepsTheirOrder() {
    CountDownLatch three = new CountDownLatch(3);
    try (Prefetch ahead =
        new Prefetch(
            step -> {
              three.countDown();
              try {
                // No batch is ready before all three have started, and the first is ready last.
                three.await();
                Thread.sleep(step == 0 ? 50 : 0);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return of(step);
            },
            0,
            3)) {
      for (long step = 0; step < 9; step++) {
        assertEquals(of(step), ahead.next());
      }
    }
  }

  @Test
  void rethrowsAnExceptionWhenItsBatchIsNext() {
    InputException broken = new InputException("image 2 is broken");
    try (Prefetch ahead =
        new Prefetch(
            step -> {
              if (step == 2) {
                throw broken;
              }
              return of(step);
            },
            0,
            4)) {
      assertEquals(of(0), ahead.next());
      assertEquals(of(1), ahead.next());
      assertSame(broken, assertThrows(InputException.class, ahead::next));
    }
  }

  @Test
  void rethrowsErrorsToo() {
    OutOfMemoryError none = new OutOfMemoryError("a test");
    try (Prefetch ahead =
        new Prefetch(
            step -> {
              throw none;
            },
            0,
            1)) {
      assertSame(none, assertThrows(OutOfMemoryError.class, ahead::next));
    }
  }

  @Test
  void nothingIsReadAfterClose() throws InterruptedException {
    AtomicBoolean closed = new AtomicBoolean();
    AtomicBoolean readLate = new AtomicBoolean();
    CountDownLatch started = new CountDownLatch(1);
    Prefetch ahead =
        new Prefetch(
            step -> {
              started.countDown();
              for (int i = 0; i < 30; i++) {
                // A thread that is decoding does not stop at once.
                long until = System.nanoTime() + 1_000_000;
                while (System.nanoTime() < until) {
                  Thread.onSpinWait();
                }
              }
              readLate.compareAndSet(false, closed.get());
              return of(step);
            },
            0,
            4);
    started.await();
    ahead.close();
    closed.set(true);
    Thread.sleep(100);
    assertFalse(readLate.get());
  }

  @Test
  void anInterruptEndsTheWait() {
    CountDownLatch never = new CountDownLatch(1);
    try (Prefetch ahead =
        new Prefetch(
            step -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return of(step);
            },
            0,
            1)) {
      Thread.currentThread().interrupt();
      assertThrows(CancellationException.class, ahead::next);
      assertTrue(Thread.interrupted());
    }
  }
}
