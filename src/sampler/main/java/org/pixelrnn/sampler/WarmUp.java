package org.pixelrnn.sampler;

import org.pixelrnn.image.Images;

/**
 * Calls every signature at least once, for one image. The first call of a signature takes much
 * longer than the others: TensorFlow prepares its graph then.
 */
final class WarmUp {
  private WarmUp() {}

  /**
   * Warms a model up.
   *
   * @throws NotAModelException if a signature fails
   */
  static void of(Sampler sampler) {
    SampleRequest sampling = SampleRequest.of(1, 0);
    Images image = sampler.sample(sampling);
    boolean[] known = new boolean[sampler.shape().pixels()];
    known[0] = true;
    SampleRequest completion = SampleRequest.completing(image, known, 0);
    sampler.sample(completion);
    firstRow(sampler, sampling);
    firstRow(sampler, completion);
    sampler
        .small()
        .map(small -> small.of(image))
        .ifPresent(small -> sampler.sample(SampleRequest.upscaling(small, 0)));
    if (sampler.batchesRows()) {
      try (RowBatch batch = sampler.rowBatch()) {
        batch.join(sampling);
        batch.next();
      }
    }
    sampler.logProb(image);
    sampler.logits(image);
    if (sampler.isExact()) {
      sampler.pixelBits(image);
    }
  }

  /** The first row of a multi-scale model asks for the small images first. */
  private static void firstRow(Sampler sampler, SampleRequest request) {
    try (RowStream rows = sampler.rows(request)) {
      rows.next();
    }
  }
}
