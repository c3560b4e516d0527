package org.pixelrnn.train;

import com.google.common.math.StatsAccumulator;
import java.util.function.Function;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.Likelihood;

/**
 * Measures the exact negative log-likelihood over images: its mean in nats per image, {@code -1/N
 * Σ_n log p(x_n)}, the standard error of that mean, and bits per dimension.
 */
public final class Evaluator {
  private Evaluator() {}

  /**
   * Goes once through all images.
   *
   * @param logProb {@code log p(x)} in nats of each image of a batch
   * @param batches at least one image in all
   * @return without its split, which the caller knows
   */
  public static Likelihood evaluate(
      Function<Images, float[]> logProb, ImageShape shape, Iterable<Images> batches) {
    StatsAccumulator nats = new StatsAccumulator();
    for (Images batch : batches) {
      for (float logProbOfImage : logProb.apply(batch)) {
        nats.add(-logProbOfImage);
      }
    }
    return Likelihood.newBuilder()
        .setImages(nats.count())
        .setNatsPerImage(nats.mean())
        .setBitsPerDim(shape.bitsPerDimension(nats.mean()))
        .setStandardErrorNats(
            nats.count() < 2
                ? 0
                : nats.sampleStandardDeviation() / Math.sqrt((double) nats.count()))
        .build();
  }
}
