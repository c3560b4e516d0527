package org.pixelrnn.server;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * Holds an engine: nothing that is asked for afterwards is sampled until this is closed. Two of
 * them let exactly one row through: hold twice, and close the first.
 */
final class HeldEngine implements AutoCloseable {
  private final CountDownLatch end = new CountDownLatch(1);
  private final CompletableFuture<Boolean> begun = new CompletableFuture<>();

  HeldEngine(ModelEngine engine) {
    CompletableFuture<Boolean> unused =
        engine.call(
            sampler -> {
              begun.complete(true);
              try {
                end.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return true;
            });
  }

  /** Waits until the engine is held. */
  HeldEngine begun() {
    begun.join();
    return this;
  }

  @Override
  public void close() {
    end.countDown();
  }
}
