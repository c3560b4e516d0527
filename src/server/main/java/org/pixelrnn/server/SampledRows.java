package org.pixelrnn.server;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The rows of one request, from top to bottom. A caller asks for one row at a time. The model may
 * sample a few rows ahead, but nothing before the first one is asked for.
 */
interface SampledRows extends AutoCloseable {
  /**
   * Asks for the next row. The caller asks again only after the answer.
   *
   * @return the levels {@code [n, width, channels]}; empty after the last row, or if this was
   *     closed
   */
  CompletableFuture<Optional<byte[]>> next();

  /**
   * Ends the sampling with the row under way, and frees the request's state. Any thread may call it
   * at any time; calls after the first do nothing.
   */
  @Override
  void close();
}
