package org.pixelrnn.server;

import java.util.concurrent.CompletableFuture;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.service.v1.LogProbResponse;
import org.pixelrnn.sampler.Sampler;

/**
 * The answer to one request for likelihoods. It takes a few images at a time, so that rows of other
 * requests are sampled meanwhile.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Failures arrive where the future is completed.
final class LikelihoodAnswer {
  /** Images of one call of the model. */
  private static final int PIECE = 8;

  private final RequestRun run;
  private final Images images;
  private final boolean pixels;
  private final LogProbResponse.Builder parts = LogProbResponse.newBuilder();
  private final CompletableFuture<LogProbResponse> answer = new CompletableFuture<>();

  private LikelihoodAnswer(RequestRun run, Images images, boolean pixels) {
    this.run = run;
    this.images = images;
    this.pixels = pixels;
  }

  /**
   * Queues a request, and answers it when its turn comes.
   *
   * @param gone completes when the client has gone away
   * @return fails with a {@link RefusedRequest}
   */
  static CompletableFuture<LogProbResponse> start(
      RequestRun run, Images images, boolean pixels, CompletableFuture<?> gone) {
    LikelihoodAnswer likelihood = new LikelihoodAnswer(run, images, pixels);
    run.queue(gone, () -> likelihood.next(0), likelihood::refuse);
    return likelihood.answer;
  }

  private void next(int from) {
    if (run.hasEnded()) {
      return;
    }
    if (from == images.count()) {
      if (run.end("done")) {
        run.metrics().images(run.model(), images.count());
        answer.complete(parts.setModel(run.model()).setVersion(run.version().number()).build());
      }
      return;
    }
    int to = Math.min(from + PIECE, images.count());
    run.version()
        .engine()
        .call(sampler -> measure(sampler, images.slice(from, to)))
        .whenComplete(
            (ok, failure) -> {
              if (failure == null) {
                next(to);
              } else {
                refuse(run.refusal("the likelihood", failure));
              }
            });
  }

  private boolean measure(Sampler sampler, Images piece) {
    ImageShape shape = sampler.shape();
    for (float nats : sampler.logProb(piece)) {
      parts.addLogProb(nats).addBitsPerDim((float) shape.bitsPerDimension(-nats));
    }
    if (pixels) {
      for (float bits : sampler.pixelBits(piece)) {
        parts.addBits(bits);
      }
    }
    return true;
  }

  private void refuse(RefusedRequest why) {
    if (run.end(why)) {
      answer.completeExceptionally(why);
    }
  }
}
