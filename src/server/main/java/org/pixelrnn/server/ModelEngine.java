package org.pixelrnn.server;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.pixelrnn.sampler.SampleRequest;
import org.pixelrnn.sampler.Sampler;

/**
 * Runs one version of a model for many requests, and decides which of the rows that are asked for
 * is sampled next. {@link BatchingEngine} samples a row of many requests at once; {@link
 * TurnTakingEngine} samples one row at a time, for models that cannot share the work.
 */
interface ModelEngine extends AutoCloseable {
  /**
   * Makes the rows of a request, without a call of the model.
   *
   * @throws org.pixelrnn.image.InputException if the model cannot answer the request
   */
  SampledRows rows(SampleRequest request);

  /** Calls the model for something else than rows, when its turn comes. */
  <T> CompletableFuture<T> call(Function<Sampler, T> call);

  /** Waits for the call under way, refuses those that wait, and frees the model. */
  @Override
  void close();
}
