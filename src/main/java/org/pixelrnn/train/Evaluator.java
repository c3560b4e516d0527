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
    return measure(logProb, 1, shape, batches).build();
  }

  /**
   * Goes once through all images, and tells the channels apart.
   *
   * @param logProb of each image of a batch its parts, {@code [n, channels]}, which sum to {@code
   *     log p(x)}
   * @return also with bits per dimension of each channel, whose mean is that of all
   */
  public static Likelihood evaluateByChannel(
      Function<Images, float[]> logProb, ImageShape shape, Iterable<Images> batches) {
    return measure(logProb, shape.channels(), shape, batches).build();
  }

  private static Likelihood.Builder measure(
      Function<Images, float[]> logProb, int parts, ImageShape shape, Iterable<Images> batches) {
    StatsAccumulator nats = new StatsAccumulator();
    double[] sums = new double[parts];
    for (Images batch : batches) {
      float[] logProbs = logProb.apply(batch);
      for (int image = 0; image < batch.count(); image++) {
        double sum = 0;
        for (int part = 0; part < parts; part++) {
          sum -= logProbs[image * parts + part];
          sums[part] -= logProbs[image * parts + part];
        }
        nats.add(sum);
      }
    }
    Likelihood.Builder measured =
        Likelihood.newBuilder()
            .setImages(nats.count())
            .setNatsPerImage(nats.mean())
            .setBitsPerDim(shape.bitsPerDimension(nats.mean()))
            .setStandardErrorNats(
                nats.count() < 2
                    ? 0
                    : nats.sampleStandardDeviation() / Math.sqrt((double) nats.count()));
    for (int part = 0; parts > 1 && part < parts; part++) {
      measured.addBitsPerDimPerChannel(shape.bitsPerDimension(parts * sums[part] / nats.count()));
    }
    return measured;
  }
}
