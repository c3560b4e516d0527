package org.pixelrnn.data;

import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;

/**
 * What a model must beat: every sub-pixel independent of all others, {@code p(x) = Π_i p_i(x_i)},
 * with {@code p_i(k) = (n_i(k) + 1) / (n + K)} counted on n training images. For K = 2 each is a
 * Bernoulli variable, for more levels a categorical one.
 */
public final class PixelBernoulli {
  private final ImageShape shape;

  /** -log p_i(k) in nats, {@code [dimensions, K]}. */
  private final double[] nats;

  private PixelBernoulli(ImageShape shape, double[] nats) {
    this.shape = shape;
    this.nats = nats;
  }

  /** Counts the levels of training images in batches of this shape. */
  public static PixelBernoulli fit(ImageShape shape, Iterable<Images> training) {
    int k = shape.levels();
    long[] counts = new long[shape.dimensions() * k];
    long n = 0;
    for (Images batch : training) {
      requireShape(shape, batch);
      byte[] levels = batch.levels();
      for (int i = 0; i < levels.length; i++) {
        counts[i % shape.dimensions() * k + Byte.toUnsignedInt(levels[i])]++;
      }
      n += batch.count();
    }
    double[] nats = new double[counts.length];
    for (int i = 0; i < nats.length; i++) {
      nats[i] = Math.log((double) (n + k) / (counts[i] + 1));
    }
    return new PixelBernoulli(shape, nats);
  }

  /** The negative log-likelihood of each image, {@code [n]} in nats. */
  public double[] nats(Images images) {
    requireShape(shape, images);
    byte[] levels = images.levels();
    double[] sums = new double[images.count()];
    for (int i = 0; i < levels.length; i++) {
      sums[i / shape.dimensions()] +=
          nats[i % shape.dimensions() * shape.levels() + Byte.toUnsignedInt(levels[i])];
    }
    return sums;
  }

  /** The mean negative log-likelihood in nats an image over all batches; NaN of no images. */
  public double nats(Iterable<Images> batches) {
    double sum = 0;
    long n = 0;
    for (Images batch : batches) {
      for (double image : nats(batch)) {
        sum += image;
      }
      n += batch.count();
    }
    return sum / n;
  }

  private static void requireShape(ImageShape shape, Images images) {
    if (!images.shape().equals(shape)) {
      throw new IllegalArgumentException(images.shape() + ", but the model is of " + shape);
    }
  }
}
