package org.pixelrnn.evaluate;

import com.google.common.base.Preconditions;
import com.google.common.math.StatsAccumulator;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.proto.v1.Likelihood;

/**
 * The mean negative log-likelihood of images, {@code -1/N Σ_n log p(x_n)}, in nats per image and in
 * bits per dimension, with the standard error of the mean. Batches are added one by one.
 *
 * <p>For the likelihoods of a data set under an exported model see {@link Evaluation}.
 */
public final class LikelihoodMean {
  private final ImageShape shape;
  private final StatsAccumulator nats = new StatsAccumulator();

  /** The sum of each part of {@code -log p(x)} over all images: one part, or one per channel. */
  private final double[] parts;

  private LikelihoodMean(ImageShape shape, int parts) {
    this.shape = shape;
    this.parts = new double[parts];
  }

  /** The mean of whole images. */
  public static LikelihoodMean of(ImageShape shape) {
    return new LikelihoodMean(shape, 1);
  }

  /** The mean of whole images, and of each of their channels. */
  public static LikelihoodMean byChannel(ImageShape shape) {
    return new LikelihoodMean(shape, shape.channels());
  }

  /**
   * Adds a batch.
   *
   * @param logProb in nats: {@code log p(x)} of each image, {@code [n]}; by channel, the parts of
   *     {@code log p(x)} that its channels contribute, {@code [n, channels]}
   */
  public void add(float[] logProb) {
    Preconditions.checkArgument(
        logProb.length % parts.length == 0,
        "%s log-likelihoods; expected %s for each image",
        logProb.length,
        parts.length);
    for (int image = 0; image < logProb.length; image += parts.length) {
      double sum = 0;
      for (int part = 0; part < parts.length; part++) {
        sum -= logProb[image + part];
        parts[part] -= logProb[image + part];
      }
      nats.add(sum);
    }
  }

  /**
   * The mean over all images so far, without the name of a split. By channel, the mean of the
   * channels' bits per dimension is that of the whole image.
   *
   * @throws IllegalStateException if there were no images
   */
  public Likelihood likelihood() {
    Likelihood.Builder measured =
        Likelihood.newBuilder()
            .setImages(nats.count())
            .setNatsPerImage(nats.mean())
            .setBitsPerDim(shape.bitsPerDimension(nats.mean()))
            .setStandardErrorNats(standardError());
    for (int part = 0; parts.length > 1 && part < parts.length; part++) {
      measured.addBitsPerDimPerChannel(
          shape.bitsPerDimension(parts.length * parts[part] / nats.count()));
    }
    return measured.build();
  }

  private double standardError() {
    return nats.count() < 2 ? 0 : nats.sampleStandardDeviation() / Math.sqrt((double) nats.count());
  }
}
