package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.Images;
import org.tensorflow.proto.SavedModel;

/**
 * Closing a sampler refuses new calls at once, waits for those under way, and returns. Row streams
 * end, and nothing native is left.
 */
@Timeout(60)
class SamplerCloseTest {
  private static final int THREADS = 4;

  @TempDir private Path folder;

  private final List<Thread> threads = new ArrayList<>();
  private final List<CompletableFuture<Void>> ends = new ArrayList<>();

  /** The calls that one thread makes. */
  private interface Task {
    void run() throws Exception;
  }

  private void start(int count, Task task) {
    for (int i = 0; i < count; i++) {
      CompletableFuture<Void> end = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  task.run();
                  end.complete(null);
                } catch (Exception | AssertionError e) {
                  end.completeExceptionally(e);
                }
              });
      thread.setDaemon(true);
      threads.add(thread);
      ends.add(end);
      thread.start();
    }
  }

  private void await() throws InterruptedException, ExecutionException {
    for (CompletableFuture<Void> end : ends) {
      end.get();
    }
  }

  @AfterEach
  void stop() {
    threads.forEach(Thread::interrupt);
  }

  @ParameterizedTest
  @ValueSource(strings = {"all at once", "by rows", "a stream"})
  void fourThreadsThatSampleAreRefusedAndTheSamplerCloses(String how) throws Exception {
    Sampler sampler = Sampler.open(TinyModels.folder("pixelcnn"));
    Images expected = sampler.sample(3, 7, 1);
    AtomicInteger sampled = new AtomicInteger();
    start(
        THREADS,
        () ->
            assertRefused(
                sampler,
                () -> {
                  while (true) {
                    Images images =
                        switch (how) {
                          case "all at once" -> sampler.sample(3, 7, 1);
                          case "by rows" -> sampler.sample(3, 7, 1, (row, levels) -> {});
                          default -> pull(sampler);
                        };
                    assertEquals(expected, images);
                    sampled.incrementAndGet();
                  }
                }));
    while (sampled.get() < 3 * THREADS) {
      Thread.onSpinWait();
    }
    sampler.close();
    await();
  }

  private static Images pull(Sampler sampler) {
    try (RowStream rows = sampler.rows(SampleRequest.of(3, 7))) {
      while (rows.next()) {
        // Nothing to do but the next row.
      }
      return rows.images();
    }
  }

  /** A call that goes row by row makes many calls of the model. It is one call nevertheless. */
  @ParameterizedTest
  @ValueSource(strings = {"pixelcnn", "multi-scale"})
  void fourCallsUnderWayFinishRowByRow(String model) throws Exception {
    Sampler sampler = Sampler.open(TinyModels.folder(model));
    Images expected = sampler.sample(2, 5, 1);
    CountDownLatch begun = new CountDownLatch(THREADS);
    CountDownLatch closing = new CountDownLatch(1);
    start(
        THREADS,
        () -> {
          Images images =
              sampler.sample(
                  2,
                  5,
                  1,
                  (row, levels) -> {
                    begun.countDown();
                    awaitUnchecked(closing);
                  });
          assertEquals(expected, images);
        });
    begun.await();
    CompletableFuture<Void> closed = CompletableFuture.runAsync(sampler::close);
    awaitRefusal(sampler);
    assertFalse(closed.isDone(), "it waits for the calls");
    closing.countDown();
    closed.get();
    await();
  }

  @Test
  void aStreamEndsWithTheRowUnderWayAndItsStateIsFreed() throws Exception {
    NativeObjects before = NativeObjects.count();
    Sampler sampler = Sampler.open(TinyModels.folder("pixelcnn"));
    RowStream idle = sampler.rows(SampleRequest.of(2, 1));
    assertTrue(idle.next());
    RowStream fresh = sampler.rows(SampleRequest.of(2, 1));
    RowStream whole = sampler.rows(SampleRequest.of(2, 1));
    int height = sampler.shape().height();
    for (int row = 0; row < height; row++) {
      assertTrue(whole.next());
    }
    start(
        THREADS,
        () -> {
          RowStream busy = sampler.rows(SampleRequest.of(50, 1));
          assertRefused(
              sampler,
              () -> {
                while (true) {
                  if (!busy.next()) {
                    busy.close();
                    return;
                  }
                }
              });
        });
    sampler.close();
    assertFalse(whole.next(), "it had ended already");
    assertRefused(sampler, idle::next);
    assertRefused(sampler, idle::next);
    assertRefused(sampler, fresh::next);
    stopThreads();
    before.assertNoneIsLeft();
    idle.close();
    assertFalse(idle.next());
  }

  private void stopThreads() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(30));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pixelcnn", "multi-scale"})
  void everyCallIsRefusedAfterwards(String model) {
    Sampler sampler = Sampler.open(TinyModels.folder(model));
    Images images = sampler.sample(2, 1, 1);
    boolean[] known = new boolean[sampler.shape().pixels()];
    Images small = sampler.small().map(s -> s.sample(2, 1, 1)).orElse(null);
    sampler.close();
    sampler.close();
    for (Executable call :
        List.<Executable>of(
            () -> sampler.sample(2, 1, 1),
            () -> sampler.sample(2, 1, 1, (row, levels) -> {}),
            () -> sampler.rows(SampleRequest.of(2, 1)),
            () -> sampler.complete(images, known, 1, 1),
            () -> sampler.logProb(images),
            () -> sampler.logProbByChannel(images),
            () -> sampler.pixelBits(images),
            () -> sampler.logits(images))) {
      assertRefused(sampler, call);
    }
    if (small != null) {
      SmallImages ofModel = sampler.small().orElseThrow();
      assertRefused(sampler, () -> ofModel.sample(2, 1, 1));
      assertRefused(sampler, () -> ofModel.upscale(small, 1, 1));
      assertRefused(sampler, () -> ofModel.upscale(small, 1, 1, (row, levels) -> {}));
      assertRefused(sampler, () -> ofModel.of(images));
    }
  }

  @Test
  void aListenerCannotCloseTheSamplerThatCallsIt() {
    try (Sampler sampler = Sampler.open(TinyModels.folder("pixelcnn"))) {
      Runnable close = sampler::close;
      assertThrows(
          IllegalStateException.class, () -> sampler.sample(1, 1, 1, (row, levels) -> close.run()));
      assertEquals(1, sampler.sample(1, 1, 1).count(), "it is still open");
    }
  }

  /** What was loaded before a signature is found to be missing is freed. */
  @Test
  void aModelThatIsRefusedLeavesNothing() throws IOException, InterruptedException {
    Path version = TinyModels.copy("pixelcnn", folder);
    Path file = version.resolve("saved_model.pb");
    SavedModel.Builder model = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    model.getMetaGraphsBuilder(0).removeSignatureDef("logits");
    Files.write(file, model.build().toByteArray());
    assertThrows(NotAModelException.class, () -> Sampler.open(version));
    NativeObjects before = NativeObjects.count();
    for (int i = 0; i < 5; i++) {
      assertThrows(NotAModelException.class, () -> Sampler.open(version));
    }
    before.assertNoneIsLeft();
  }

  private static void assertRefused(Sampler sampler, Executable call) {
    assertEquals(
        sampler.version() + ": the sampler of this model is closed",
        assertThrows(IllegalStateException.class, call).getMessage());
  }

  /** Waits until new calls are refused. */
  private static void awaitRefusal(Sampler sampler) {
    while (true) {
      try (RowStream stream = sampler.rows(SampleRequest.of(1, 1))) {
        assertEquals(-1, stream.row());
      } catch (IllegalStateException e) {
        return;
      }
    }
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
