package org.pixelrnn.train;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Calls of TensorFlow that may take longer than a request to stop can wait, such as those of a
 * validation. TensorFlow cannot end a call early. Hence each is made on a thread of its own. When
 * the run is asked to stop, the thread that trains goes on at once, and nobody needs the result of
 * the call any more.
 */
final class LongCalls implements AutoCloseable {
  private final StopRequest request;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "long calls");
            // It does not keep the process from ending.
            made.setDaemon(true);
            return made;
          });

  LongCalls(StopRequest request) {
    this.request = request;
  }

  /**
   * Makes a call and waits for it.
   *
   * @return what the call returns
   * @throws CancellationException if the run is asked to stop meanwhile, or was asked before
   */
  <T> T call(Supplier<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    request.whenStopped(() -> result.cancel(false));
    if (!result.isDone()) {
      result.completeAsync(call, thread);
    }
    try {
      return result.join();
    } catch (CompletionException e) {
      Throwables.throwIfUnchecked(e.getCause());
      throw e;
    }
  }

  /**
   * Frees what the calls need. If a call is under way that nobody waits for, this happens after it,
   * and this method does not wait either.
   */
  void closeAfterwards(Runnable closing) {
    CompletableFuture<Void> closed = CompletableFuture.runAsync(closing, thread);
    if (!request.ofRun()) {
      closed.join();
    }
  }

  /** Waits for a call under way. A process must not end meanwhile: TensorFlow would crash it. */
  @Override
  public void close() {
    thread.shutdown();
    Uninterruptibles.awaitTerminationUninterruptibly(thread);
  }
}
