package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that wait, leave, or are closed. RowsWithNoiseTest in src/core has all networks. */
class RowBatchTest {
  @AutoClose private static final TinyModels MODELS = new TinyModels();

  /** A model that has made its first calls, which leave objects behind. */
  private static Sampler warm(String name) {
    Sampler sampler = MODELS.of(name);
    try (RowBatch batch = sampler.rowBatch()) {
      batch.join(SampleRequest.of(1, 1));
      batch.next();
    }
    return sampler;
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.sampler.TinyModels#names")
  void requestsThatWaitKeepTheirState(String name) throws InterruptedException {
    Sampler sampler = warm(name);
    Random random = new Random(5);
    Map<BatchedRows, SampleRequest> expected = new HashMap<>();
    List<BatchedRows> left = new ArrayList<>();
    NativeObjects before = NativeObjects.count();
    try (RowBatch batch = sampler.rowBatch()) {
      for (int i = 0; i < 8; i++) {
        SampleRequest request = SampleRequest.of(1 + random.nextInt(3), i);
        expected.put(batch.join(request), request);
      }
      List<BatchedRows> all = List.copyOf(expected.keySet());
      while (!batch.isEmpty()) {
        List<BatchedRows> wanted = all.stream().filter(rows -> random.nextInt(3) > 0).toList();
        assertTrue(wanted.containsAll(batch.next(wanted)));
        if (random.nextInt(5) == 0) {
          BatchedRows rows = all.get(random.nextInt(all.size()));
          rows.leave();
          left.add(rows);
        }
      }
      batch.next();
      before.assertNoneIsLeft();
    }
    expected.keySet().removeIf(rows -> left.contains(rows) && !rows.isDone());
    assertTrue(expected.size() >= 2, "not all have left");
    expected.forEach((rows, request) -> assertEquals(sampler.sample(request), rows.images()));
  }

  @Test
  void aRequestThatIsNotAskedForIsNotSampled() {
    try (RowBatch batch = MODELS.of("row-lstm").rowBatch()) {
      BatchedRows first = batch.join(SampleRequest.of(1, 1));
      BatchedRows second = batch.join(SampleRequest.of(1, 2));
      assertEquals(List.of(first), batch.next(List.of(first)));
      assertThrows(IllegalStateException.class, second::row);
      assertEquals(List.of(), batch.next(List.of()));
      assertEquals(2, batch.next().size());
      assertEquals(1, first.row());
      assertEquals(0, second.row());
    }
  }

  @Test
  void closingFreesTheStates() throws InterruptedException {
    Sampler sampler = warm("row-lstm");
    NativeObjects before = NativeObjects.count();
    RowBatch batch = sampler.rowBatch();
    BatchedRows first = batch.join(SampleRequest.of(1, 1));
    batch.join(SampleRequest.of(1, 2));
    batch.next();
    batch.next(List.of(first));
    before.assertSomeAreAlive();
    batch.close();
    before.assertNoneIsLeft();
    assertTrue(batch.isEmpty());
    assertEquals(List.of(), batch.next());
    assertThrows(IllegalStateException.class, () -> batch.join(SampleRequest.of(1, 1)));
  }
}
