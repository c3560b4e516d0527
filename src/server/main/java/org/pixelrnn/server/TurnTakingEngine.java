package org.pixelrnn.server;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.pixelrnn.sampler.RowStream;
import org.pixelrnn.sampler.SampleRequest;
import org.pixelrnn.sampler.Sampler;

/**
 * An engine whose requests take turns. One thread samples one row of one request at a time, in the
 * order in which the rows were asked for. A request that has got a row queues behind all others for
 * its next one, and a client that reads slowly is not in the queue.
 */
final class TurnTakingEngine implements ModelEngine {
  private final Sampler sampler;
  private final ModelThread turns;

  /** Makes an engine that closes the sampler when it is closed. */
  TurnTakingEngine(String name, Sampler sampler) {
    this.sampler = sampler;
    turns = new ModelThread(name);
  }

  @Override
  public SampledRows rows(SampleRequest request) {
    RowStream stream = sampler.rows(request);
    return new SampledRows() {
      @Override
      public CompletableFuture<Optional<byte[]>> next() {
        return turns.queue(() -> stream.next() ? Optional.of(stream.levels()) : Optional.empty());
      }

      @Override
      public void close() {
        stream.close();
      }
    };
  }

  @Override
  public <T> CompletableFuture<T> call(Function<Sampler, T> call) {
    return turns.queue(() -> call.apply(sampler));
  }

  @Override
  public void close() {
    turns.close();
    sampler.close();
  }
}
