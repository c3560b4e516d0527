package org.pixelrnn.data;

import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;

/**
 * The simplest model of images, the baseline that others must beat. Every sub-pixel is independent
 * of all others: {@code p(x) = Π_i p_i(x_i)}. With n training images, of which n_i(k) have level k
 * at sub-pixel i, {@code p_i(k) = (n_i(k) + 1) / (n + K)}. Each sub-pixel is a Bernoulli variable
 * for K = 2 levels, and a categorical one for more.
 */
public final class IndependentPixels {
  private final ImageShape shape;

  /** -log p_i(k) in nats, {@code [dimensions, K]}. */
  private final double[] nats;

  private IndependentPixels(ImageShape shape, double[] nats) {
    this.shape = shape;
    this.nats = nats;
  }

  /**
   * Fits the model: counts the levels at each sub-pixel.
   *
   * @param training batches of images of this shape
   * @throws IllegalArgumentException if a batch has another shape
   */
  public static IndependentPixels fit(ImageShape shape, Iterable<Images> training) {
    int k = shape.levels();
    long[] counts = new long[shape.logits()];
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
    return new IndependentPixels(shape, nats);
  }

  /**
   * The negative log-likelihood of each image, {@code [n]} in nats.
   *
   * @throws IllegalArgumentException if the images have another shape than the training images
   */
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

  /**
   * The mean negative log-likelihood over all batches, in nats per image; NaN if there are no
   * images.
   *
   * @throws IllegalArgumentException if a batch has another shape than the training images
   */
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
      throw new IllegalArgumentException("images of " + images.shape() + ", expected " + shape);
    }
  }
}
