package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pixelrnn.image.Images;
import org.pixelrnn.sampler.BatchedRows;
import org.pixelrnn.sampler.RowBatch;
import org.pixelrnn.sampler.SampleRequest;
import org.pixelrnn.sampler.Sampler;

/** Which rows an engine samples in which step. */
@SuppressWarnings("FutureReturnValueIgnored") // Failures arrive where the future is completed.
class BatchingEngineTest {
  private final Sampler sampler = Sampler.open(ServerCalls.folder("multi-scale"));
  private final int height = sampler.shape().height();

  /** The steps so far: the number of images of each request. */
  private final List<List<Integer>> steps = new CopyOnWriteArrayList<>();

  /** Each step needs a permit. */
  private final Semaphore permits = new Semaphore(0);

  private final BatchingEngine engine = new BatchingEngine("m", sampler, 4, this::step);

  private List<BatchedRows> step(RowBatch batch, Collection<BatchedRows> wanted) {
    permits.acquireUninterruptibly();
    if (!wanted.isEmpty()) {
      steps.add(wanted.stream().map(BatchedRows::count).toList());
    }
    if (wanted.stream().anyMatch(rows -> rows.count() == 13)) {
      throw new IllegalStateException("13");
    }
    return batch.next(wanted);
  }

  @AfterEach
  void close() {
    permits.release(1000);
    engine.close();
  }

  /** Waits for a result, but not for ever. */
  private static <T> T result(CompletableFuture<T> future) {
    return future.orTimeout(60, TimeUnit.SECONDS).join();
  }

  /** Reads all rows as they come, {@code [height, n, width, channels]}. */
  private static CompletableFuture<byte[]> read(SampledRows rows) {
    CompletableFuture<byte[]> all = new CompletableFuture<>();
    read(rows, new ByteArrayOutputStream(), all);
    return all;
  }

  private static void read(
      SampledRows rows, ByteArrayOutputStream before, CompletableFuture<byte[]> all) {
    rows.next()
        .whenComplete(
            (row, failure) -> {
              if (failure != null) {
                all.completeExceptionally(failure);
              } else if (row.isEmpty()) {
                all.complete(before.toByteArray());
              } else {
                before.writeBytes(row.get());
                read(rows, before, all);
              }
            });
  }

  /** What the seed gives alone, in the order of {@link #read}. */
  private byte[] alone(SampleRequest request) {
    Images images = sampler.sample(request);
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    int size = images.shape().width() * images.shape().channels();
    for (int row = 0; row < height; row++) {
      for (int i = 0; i < images.count(); i++) {
        rows.write(images.levels(), (i * height + row) * size, size);
      }
    }
    return rows.toByteArray();
  }

  private void assertAlone(SampleRequest request, CompletableFuture<byte[]> got) {
    assertArrayEquals(alone(request), result(got), request.toString());
  }

  @Test
  void requestsJoinAtAnyRowAndShareTheSteps() {
    SampleRequest first = SampleRequest.of(1, 1);
    SampleRequest second = SampleRequest.of(3, 2).withTemperature(0.5f);
    CompletableFuture<byte[]> ofFirst = read(engine.rows(first));
    permits.release(1);
    ServerCalls.await(() -> steps.size() == 1 && permits.getQueueLength() == 1);
    CompletableFuture<byte[]> ofSecond = read(engine.rows(second));
    permits.release(1000);
    assertAlone(first, ofFirst);
    assertAlone(second, ofSecond);
    assertEquals(List.of(1), steps.get(1)); // It had been chosen before the second one came.
    assertEquals(height - 2, steps.stream().filter(step -> step.size() == 2).count());
    assertEquals(height + 2, steps.size());
  }

  @Test
  void oneRequestOfAMultiScaleModelStartsInAStep() {
    List<CompletableFuture<byte[]>> answers =
        IntStream.range(0, 3).mapToObj(i -> read(engine.rows(SampleRequest.of(1, i)))).toList();
    permits.release(1000);
    answers.forEach(BatchingEngineTest::result);
    assertEquals(List.of(1, 2, 3), steps.stream().map(List::size).limit(3).toList());
  }

  @Test
  void stepsAreBoundedAndFair() {
    Map<Integer, SampleRequest> requests = new HashMap<>();
    Map<Integer, CompletableFuture<byte[]>> answers = new HashMap<>();
    for (int count : new int[] {1, 2, 3, 9}) {
      requests.put(count, SampleRequest.of(count, count));
      answers.put(count, read(engine.rows(requests.get(count))));
    }
    permits.release(1000);
    answers.forEach((count, answer) -> assertAlone(requests.get(count), answer));
    for (List<Integer> step : steps) {
      int images = step.stream().mapToInt(Integer::intValue).sum();
      assertTrue(images <= 4 || step.size() == 1, steps.toString());
    }
    for (int count : requests.keySet()) {
      int last = 0;
      for (int i = 0; i < steps.size(); i++) {
        if (steps.get(i).contains(count)) {
          assertTrue(i - last <= requests.size(), count + " waits in " + steps);
          last = i;
        }
      }
    }
  }

  @Test
  void aSlowReaderIsLeftOutAndKeepsItsState() {
    permits.release(1000);
    SampleRequest slow = SampleRequest.of(1, 1);
    SampledRows unread = engine.rows(slow);
    byte[] row = result(unread.next()).orElseThrow();
    for (int i = 0; i < 5; i++) {
      SampleRequest fast = SampleRequest.of(2, i);
      assertAlone(fast, read(engine.rows(fast)));
    }
    assertEquals(
        1 + UnreadRows.MOST, steps.stream().filter(step -> step.contains(1)).count(), "rows ahead");
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(row);
    CompletableFuture<byte[]> rest = new CompletableFuture<>();
    read(unread, all, rest);
    assertAlone(slow, rest);
  }

  @Test
  void nothingIsSampledBeforeTheFirstRowIsAskedFor() {
    permits.release(1000);
    SampledRows idle = engine.rows(SampleRequest.of(1, 1));
    SampleRequest other = SampleRequest.of(2, 1);
    assertAlone(other, read(engine.rows(other)));
    assertTrue(steps.stream().noneMatch(step -> step.contains(1)));
    idle.close();
  }

  @Test
  void aCancelledRequestLeavesWithTheRowUnderWay() {
    SampledRows cancelled = engine.rows(SampleRequest.of(1, 1));
    CompletableFuture<Optional<byte[]>> row = cancelled.next();
    SampleRequest other = SampleRequest.of(2, 1);
    CompletableFuture<byte[]> ofOther = read(engine.rows(other));
    ServerCalls.await(() -> permits.getQueueLength() == 1);
    permits.release(1);
    ServerCalls.await(() -> steps.size() == 1 && permits.getQueueLength() == 1);
    cancelled.close();
    assertTrue(row.isDone());
    assertEquals(Optional.empty(), result(cancelled.next()));
    permits.release(1000);
    assertAlone(other, ofOther);
    assertTrue(
        steps.subList(2, steps.size()).stream().noneMatch(step -> step.contains(1)),
        steps.toString());
  }

  @Test
  void aFailureReachesOnlyTheRequestThatCausesIt() {
    BatchingEngine wide = new BatchingEngine("m", sampler, 100, this::step);
    SampleRequest good = SampleRequest.of(1, 1);
    CompletableFuture<byte[]> before = read(wide.rows(good));
    CompletableFuture<byte[]> failing = read(wide.rows(SampleRequest.of(13, 1)));
    CompletableFuture<byte[]> after = read(wide.rows(good));
    permits.release(1000);
    CompletionException failure = assertThrows(CompletionException.class, () -> result(failing));
    assertEquals("13", failure.getCause().getMessage());
    assertAlone(good, before);
    assertAlone(good, after);
    int answer = result(wide.call(ignored -> 6));
    assertEquals(6, answer);
    wide.close();
    assertTrue(
        steps.stream().anyMatch(step -> step.contains(13) && step.size() > 1), steps.toString());
  }

  @Test
  void closeWaitsForTheRowUnderWayAndRefusesTheOthers() throws InterruptedException {
    CompletableFuture<byte[]> cut = read(engine.rows(SampleRequest.of(1, 1)));
    ServerCalls.await(() -> permits.getQueueLength() == 1);
    Thread closing = new Thread(engine::close);
    closing.start();
    CompletionException failure = assertThrows(CompletionException.class, () -> result(cut));
    RefusedRequest refused = assertInstanceOf(RefusedRequest.class, failure.getCause());
    assertEquals(RefusedRequest.Kind.NOT_READY, refused.kind());
    permits.release(1000);
    closing.join();
    assertThrows(RefusedRequest.class, () -> engine.rows(SampleRequest.of(1, 1)));
    assertTrue(engine.call(Sampler::shape).isCompletedExceptionally());
    // The thread of the model may need some time to notice its permit.
    ServerCalls.await(() -> !steps.isEmpty());
  }

  @Test
  void callsTakeTurnsWithSteps() {
    CompletableFuture<byte[]> rows = read(engine.rows(SampleRequest.of(1, 1)));
    ServerCalls.await(() -> permits.getQueueLength() == 1);
    CompletableFuture<Integer> stepsBefore = engine.call(ignored -> steps.size());
    permits.release(1000);
    int before = result(stepsBefore);
    assertEquals(1, before);
    result(rows);
    assertEquals(height, steps.size());
  }
}
