package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.pixelrnn.train.workers.SingleWorker;

class BatchShareTest {
  @Test
  void oneWorkerTakesTheWholeBatch() {
    assertEquals(new BatchShare(0, 10), BatchShare.of(SingleWorker.ALONE, 10));
  }

  @Test
  void sharesAreAsEvenAsPossible() {
    assertEquals(new BatchShare(0, 2), BatchShare.of(0, 4, 10));
    assertEquals(new BatchShare(2, 5), BatchShare.of(1, 4, 10));
    assertEquals(new BatchShare(5, 7), BatchShare.of(2, 4, 10));
    assertEquals(new BatchShare(7, 10), BatchShare.of(3, 4, 10));
  }
}
