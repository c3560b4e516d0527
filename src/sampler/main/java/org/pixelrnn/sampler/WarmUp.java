package org.pixelrnn.sampler;

import java.util.Set;
import org.pixelrnn.image.Images;

/**
 * Calls every signature at least once, for one image. The first call of a signature takes much
 * longer than the others: TensorFlow prepares its graph then. Those that sample are also called for
 * each number of images for which XLA compiles them.
 */
final class WarmUp {
  private WarmUp() {}

  /**
   * Warms a model up.
   *
   * @param compiledFor the numbers of images of {@link SamplerBuilder#compileFor}
   * @throws NotAModelException if a signature fails
   */
  static void of(Sampler sampler, Set<Integer> compiledFor) {
    compiledFor.forEach(images -> sample(sampler, SampleRequest.of(images, 0)));
    SampleRequest sampling = SampleRequest.of(1, 0);
    Images image = sample(sampler, sampling);
    boolean[] known = new boolean[sampler.shape().pixels()];
    known[0] = true;
    SampleRequest completion = SampleRequest.completing(image, known, 0);
    sampler.sample(completion);
    firstRow(sampler, completion);
    sampler
        .small()
        .map(small -> small.of(image))
        .ifPresent(small -> sampler.sample(SampleRequest.upscaling(small, 0)));
    sampler.logProb(image);
    sampler.logits(image);
    if (sampler.isExact()) {
      sampler.pixelBits(image);
    }
  }

  /** Samples in all ways: all at once, row by row, and in a batch of requests. */
  private static Images sample(Sampler sampler, SampleRequest request) {
    firstRow(sampler, request);
    if (sampler.batchesRows()) {
      try (RowBatch batch = sampler.rowBatch()) {
        batch.join(request);
        batch.next();
      }
    }
    return sampler.sample(request);
  }

  /** The first row of a multi-scale model asks for the small images first. */
  private static void firstRow(Sampler sampler, SampleRequest request) {
    try (RowStream rows = sampler.rows(request)) {
      rows.next();
    }
  }
}
