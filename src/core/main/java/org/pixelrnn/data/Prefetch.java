package org.pixelrnn.data;

import com.google.common.base.Throwables;
import java.lang.reflect.UndeclaredThrowableException;
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
 * Decodes the next few batches in the background, several at once, while the current one is in
 * training:
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
   * Starts to decode.
   *
   * @param batches gives the batch of a step; several threads call it at once
   * @param first the first step
   * @param count the number of batches to keep ready, and of threads that decode them; at least 1
   */
  public Prefetch(LongFunction<Images> batches, long first, int count) {
    this.batches = batches;
    this.step = first;
    this.decoders =
        Executors.newFixedThreadPool(
            count,
            task -> {
              Thread thread = new Thread(task, "prefetch");
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
   * The next batch. Waits until it is decoded. Only one thread may call this.
   *
   * @throws RuntimeException the exception that decoding ended with, for instance an {@link
   *     org.pixelrnn.image.InputException}
   * @throws CancellationException if the thread is interrupted while it waits; it stays interrupted
   */
  public Images next() {
    try {
      Images batch = ahead.remove().get();
      submit();
      return batch;
    } catch (ExecutionException e) {
      Throwables.throwIfUnchecked(e.getCause());
      // A data set in another JVM language may throw a checked exception.
      throw new UndeclaredThrowableException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while waiting for a batch");
    }
  }

  /** Stops, and waits until no thread reads the data any more, one minute at most. */
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
