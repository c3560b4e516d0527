package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.Uninterruptibles;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pixelrnn.train.workers.SingleWorker;

/** A call that takes long holds up nobody who asks the run to stop. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class LongCallsTest {
  private final StopRequest request = new StopRequest(SingleWorker.ALONE);
  private final CountDownLatch underWay = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private final List<String> done = new CopyOnWriteArrayList<>();

  @Test
  void returnsWhatTheCallReturnsOrThrows() {
    try (LongCalls calls = new LongCalls(request)) {
      assertEquals(3, calls.call(() -> 3));
      IllegalStateException thrown = new IllegalStateException("of the call");
      assertSame(
          thrown,
          assertThrows(
              IllegalStateException.class,
              () ->
                  calls.call(
                      () -> {
                        throw thrown;
                      })));
      calls.closeAfterwards(() -> done.add("freed"));
      assertEquals(List.of("freed"), done);
    }
  }

  /** The native objects of a call are freed after it. Only the last close waits for that. */
  @Test
  void aStopDoesNotWaitForTheCall() throws InterruptedException {
    LongCalls calls = new LongCalls(request);
    Thread stopper = new Thread(this::stopWhenUnderWay, "stopper");
    stopper.start();
    assertThrows(CancellationException.class, () -> calls.call(this::blocks));
    calls.closeAfterwards(() -> done.add("freed"));
    assertEquals(List.of(), done, "the call is under way still");
    Thread closer = new Thread(calls::close, "closer");
    closer.start();
    closer.join(50);
    assertTrue(closer.isAlive(), "the last close waits");
    released.countDown();
    closer.join();
    stopper.join();
    assertEquals(List.of("called", "freed"), done);
  }

  @Test
  void afterAStopNothingIsCalled() {
    request.stopRun();
    try (LongCalls calls = new LongCalls(request)) {
      assertThrows(CancellationException.class, () -> calls.call(() -> done.add("called")));
    }
    assertFalse(done.contains("called"));
  }

  private boolean blocks() {
    underWay.countDown();
    Uninterruptibles.awaitUninterruptibly(released);
    return done.add("called");
  }

  private void stopWhenUnderWay() {
    Uninterruptibles.awaitUninterruptibly(underWay);
    request.stopRun();
  }
}
