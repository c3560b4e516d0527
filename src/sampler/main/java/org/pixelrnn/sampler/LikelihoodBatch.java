package org.pixelrnn.sampler;

import org.pixelrnn.image.ImageShape;

/**
 * The number of images that are measured at a time, by {@link Sampler#logProb}, by evaluation and
 * by validation during training. It follows from one budget of memory.
 *
 * <p>A pixel of an image has {@code channels · levels} logits, and the softmax needs as many floats
 * again. Besides, a pixel has the features of the few maps that a forward pass keeps at the same
 * time. Tiny images need little memory, so there is an upper end, too:
 *
 * <pre>
 *   28×28×1 of 2 levels      100 images
 *   32×32×3 of 256 levels     18
 *   64×64×3 of 256 levels      4
 *   128×128×3 of 256 levels    1
 * </pre>
 */
public final class LikelihoodBatch {
  /** The most bytes that a batch needs: 128 MiB. One image may need more. */
  static final long BYTES = 128L << 20;

  /** The floats of a pixel in the maps between the layers; a typical network has fewer. */
  private static final int FEATURES = 256;

  private static final int MOST_IMAGES = 100;

  private LikelihoodBatch() {}

  /** The number of images of this shape that are measured at a time, at least 1. */
  public static int size(ImageShape shape) {
    return (int) Math.max(1, Math.min(MOST_IMAGES, BYTES / bytesOfImage(shape)));
  }

  /**
   * The memory that one image needs: its logits, as many floats for their softmax, its features.
   */
  static long bytesOfImage(ImageShape shape) {
    return Float.BYTES
        * (2L * shape.dimensions() * shape.levels() + (long) FEATURES * shape.pixels());
  }
}
