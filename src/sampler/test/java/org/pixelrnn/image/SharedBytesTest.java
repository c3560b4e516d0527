package org.pixelrnn.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class SharedBytesTest {
  private static final long MEGABYTE = 1 << 20;
  private static final long ALL = 4 * MEGABYTE;

  private final SharedBytes bytes = new SharedBytes(ALL);

  @Test
  void threadsNeverHoldMoreThanThereIs() throws InterruptedException {
    AtomicLong held = new AtomicLong();
    AtomicLong most = new AtomicLong();
    ExecutorService threads = Executors.newFixedThreadPool(16);
    for (int i = 0; i < 200; i++) {
      // More than there is takes all.
      long need = (i % 7) * MEGABYTE;
      threads.execute(
          () ->
              bytes.during(
                  need,
                  () -> {
                    long now = held.addAndGet(Math.min(ALL, need));
                    most.accumulateAndGet(now, Math::max);
                    LockSupport.parkNanos(100_000);
                    return held.addAndGet(-Math.min(ALL, need));
                  }));
    }
    threads.shutdown();
    assertTrue(threads.awaitTermination(1, TimeUnit.MINUTES));
    assertEquals(0, held.get());
    assertTrue(most.get() <= ALL, most + " bytes at once");
  }

  @Test
  void bytesComeBackWhenWorkFails() {
    for (int i = 0; i < 3; i++) {
      assertThrows(
          IllegalStateException.class,
          () ->
              bytes.during(
                  ALL,
                  () -> {
                    throw new IllegalStateException();
                  }));
    }
    assertEquals(7, bytes.during(ALL, () -> 7));
  }
}
