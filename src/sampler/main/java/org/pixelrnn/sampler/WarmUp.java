package org.pixelrnn.sampler;

import org.pixelrnn.image.Images;

/**
 * Calls each signature that a {@link Sampler} uses once, for one image. The first call of a
 * signature takes much longer than the others: TensorFlow prepares its graph then.
 */
final class WarmUp {
  private static final RowListener NOBODY = (row, levels) -> {};

  private WarmUp() {}

  /**
   * Warms a model up.
   *
   * @throws NotAModelException if a signature fails
   */
  static void of(Sampler sampler) {
    Images image = sampler.sample(1, 0, 1);
    sampler.sample(1, 0, 1, NOBODY);
    boolean[] known = new boolean[sampler.shape().pixels()];
    known[0] = true;
    sampler.complete(image, known, 0, 1);
    sampler.complete(image, known, 0, 1, NOBODY);
    sampler
        .small()
        .map(small -> small.sample(1, 0, 1))
        .ifPresent(small -> sampler.sample(SampleRequest.upscaling(small, 0)));
    if (sampler.batchesRows()) {
      try (RowBatch batch = sampler.rowBatch()) {
        batch.join(SampleRequest.of(1, 0));
        batch.next();
      }
    }
    sampler.logProb(image);
    sampler.logits(image);
    if (sampler.isExact()) {
      sampler.pixelBits(image);
    }
  }
}
