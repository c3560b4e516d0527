package org.pixelrnn.sampler;

import org.pixelrnn.image.ImageShape;

/**
 * The number of images that are measured at a time, by {@link Sampler#logProb}, by evaluation and
 * by validation during training.
 *
 * <p>The logits of an image are {@code height · width · channels · levels} floats, and the softmax
 * needs as many again. Images of few levels need more memory for their features than for their
 * logits, so there is an upper end, too:
 *
 * <pre>
 *   28×28×1 of 2 levels      100 images
 *   32×32×3 of 256 levels     85
 *   64×64×3 of 256 levels     21
 * </pre>
 */
public final class LikelihoodBatch {
  /** The most bytes of logits: 256 MiB. */
  static final long LOGIT_BYTES = 256L << 20;

  private static final int MOST_IMAGES = 100;

  private LikelihoodBatch() {}

  /** The number of images of this shape that are measured at a time, at least 1. */
  public static int size(ImageShape shape) {
    long bytesOfImage = (long) Float.BYTES * shape.logits();
    return (int) Math.max(1, Math.min(MOST_IMAGES, LOGIT_BYTES / bytesOfImage));
  }
}
