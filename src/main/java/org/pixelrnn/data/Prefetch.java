package org.pixelrnn.data;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.pixelrnn.image.Images;

/**
 * The next few batches, decoded in the background, each by a thread of its own, while the present
 * one is trained on:
 *
 * <pre>{@code
 * try (Prefetch ahead = new Prefetch(batches::batch, firstStep, 4)) {
 *   for (long step = firstStep; step < steps; step++) {
 *     train(ahead.next());
 *   }
 * }
 * }</pre>
 */
public final class Prefetch implements AutoCloseable {
  private final LongFunction<Images> batches;
  private final ExecutorService decoders;
  private final Queue<Future<Images>> ahead = new ArrayDeque<>();
  private long step;

  /**
   * Begins to decode.
   *
   * @param batches the batch of a step; called by several threads at once
   * @param first the first step
   * @param count batches to keep ready, and threads to decode them; at least 1
   */
  public Prefetch(LongFunction<Images> batches, long first, int count) {
    this.batches = batches;
    this.step = first;
    this.decoders =
        Executors.newFixedThreadPool(
            count,
            task -> {
              Thread thread = new Thread(task, "decoding ahead");
              thread.setDaemon(true);
              return thread;
            });
    for (int i = 0; i < count; i++) {
      submit();
    }
  }

  private void submit() {
    long number = step++;
    ahead.add(decoders.submit(() -> batches.apply(number)));
  }

  /**
   * The next batch, waited for if need be; for one thread.
   *
   * @throws RuntimeException whatever went wrong while it was read, for instance an {@link
   *     org.pixelrnn.image.InputException}
   */
  public Images next() {
    try {
      Images batch = ahead.remove().get();
      submit();
      return batch;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while waiting for a batch");
    }
  }

  /** Stops, and waits for the batches in work: afterwards nothing reads the data any more. */
  @Override
  public void close() {
    decoders.shutdownNow();
    try {
      decoders.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
