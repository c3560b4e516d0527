package org.pixelrnn.server;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The one thread that calls a version of a model. Calls wait in a queue, the first come first. */
final class ModelThread implements Executor, AutoCloseable {
  private final ExecutorService calls;

  /** Makes a thread. It starts with the first call. */
  ModelThread(String model) {
    calls =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "model " + model);
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Queues a call.
   *
   * @throws RejectedExecutionException if this is closed
   */
  @Override
  public void execute(Runnable call) {
    calls.execute(call);
  }

  /** Queues a call whose result or failure somebody waits for. If this is closed, it fails. */
  <T> CompletableFuture<T> queue(Supplier<T> call) {
    try {
      return CompletableFuture.supplyAsync(call, calls);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(stopping());
    }
  }

  /** The refusal of a request whose model is closed. */
  static RefusedRequest stopping() {
    return new RefusedRequest(RefusedRequest.Kind.NOT_READY, "the server is stopping");
  }

  /** Takes no further calls. Those that wait are still made. */
  @Override
  public void close() {
    calls.shutdown();
  }
}
