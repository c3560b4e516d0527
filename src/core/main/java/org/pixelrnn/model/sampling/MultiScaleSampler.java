package org.pixelrnn.model.sampling;

import java.util.List;
import java.util.Optional;
import org.pixelrnn.model.MultiScaleNetwork;
import org.pixelrnn.model.Reduction;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.BuildGuard;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * Samples images from a {@link MultiScaleNetwork}: a small image first, then the whole image given
 * the small one. If the small image's pixels count as known, they are copied into the whole image.
 *
 * <p>Both networks get their random numbers from one seed, but from different streams. Otherwise
 * the upper left corner of the whole image would be sampled with the random numbers of the small
 * image.
 */
public final class MultiScaleSampler implements GraphSampler {
  /** Makes the seed of the small images from the seed of the whole images. */
  private static final long SMALL = 0x736D616C6CL;

  private final MultiScaleNetwork model;
  private final Reduction reduction;
  private final NetworkSampler small;
  private final NetworkSampler full;

  /** Builds the functions that sample from a model. */
  public MultiScaleSampler(MultiScaleNetwork model) {
    this.model = model;
    this.reduction = model.reduction();
    try (BuildGuard guard = new BuildGuard()) {
      small = guard.made(new NetworkSampler(model.small()));
      full = guard.made(new NetworkSampler(model.full()));
      guard.allBuilt();
    }
  }

  /** Samples small images, and then whole images given the small ones. */
  @Override
  public Operand<TUint8> sample(BuildContext context, SamplingInputs inputs) {
    Ops tf = context.tf();
    SamplingInputs ofSmall =
        inputs.withImages(reduction.of(tf, inputs.images()), reduction.known(tf, inputs.known()));
    return upscale(context, sampleSmall(context, ofSmall), inputs);
  }

  /**
   * Samples small images.
   *
   * @param inputs of the small images: images {@code [n, height / factor, width / factor,
   *     channels]}, known {@code [n, height / factor, width / factor]}; the seed is that of the
   *     whole images
   * @return level indices, {@code [n, height / factor, width / factor, channels]}
   */
  public Operand<TUint8> sampleSmall(BuildContext context, SamplingInputs inputs) {
    Operand<TInt64> seed =
        context.tf().bitwise.bitwiseXor(inputs.seed(), context.tf().constant(SMALL));
    return small.sample(context, inputs.withSeed(seed));
  }

  /**
   * Samples whole images given their small images.
   *
   * @param smallImages {@code [n, height / factor, width / factor, channels]}
   * @param inputs of the whole images
   * @return level indices, {@code [n, height, width, channels]}
   */
  public Operand<TUint8> upscale(
      BuildContext context, Operand<TUint8> smallImages, SamplingInputs inputs) {
    if (!model.isExact()) {
      return full.sample(context, smallImages, inputs);
    }
    Ops tf = context.tf();
    SamplingInputs copied = copy(tf, reduction.spread(tf, smallImages), reduction.kept(tf), inputs);
    return full.sample(context, smallImages, copied);
  }

  /**
   * The state above the first row of whole images.
   *
   * @param smallImages {@code [n, height / factor, width / factor, channels]}
   * @return as {@link NetworkSampler#start(BuildContext, Operand)} of the full network
   */
  public List<Operand<TFloat32>> start(BuildContext context, Operand<TUint8> smallImages) {
    return full.start(context, smallImages);
  }

  /**
   * Samples one row of each whole image, given the state that the rows above have left. The rows
   * may be at different heights.
   *
   * @param smallImages the small images given to {@link #start} if their pixels count as known,
   *     {@code [n, height / factor, width / factor, channels]}
   */
  public SampledRow nextRow(
      BuildContext context, Optional<Operand<TUint8>> smallImages, RowInputs inputs) {
    if (smallImages.isEmpty()) {
      return full.nextRow(context, inputs);
    }
    Ops tf = context.tf();
    Operand<TUint8> spread =
        tf.gather(
            reduction.spread(tf, smallImages.get()),
            inputs.rows(),
            tf.constant(1),
            Gather.batchDims(1L));
    Operand<TBool> kept = reduction.kept(tf, inputs.rows());
    return full.nextRow(
        context,
        inputs.withKnown(
            tf.select(tf.expandDims(kept, tf.constant(-1)), spread, inputs.levels()),
            tf.math.logicalOr(kept, inputs.known())));
  }

  @Override
  public void close() {
    full.close();
    small.close();
  }

  /**
   * Copies the small images' pixels into whole images, and marks them as known.
   *
   * @param spread levels of the small images' pixels, {@code [n, height, width, channels]}
   * @param kept true for pixels that the small images have, {@code [1, height, width]}
   */
  private static SamplingInputs copy(
      Ops tf, Operand<TUint8> spread, Operand<TBool> kept, SamplingInputs inputs) {
    return inputs.withImages(
        tf.select(tf.expandDims(kept, tf.constant(-1)), spread, inputs.images()),
        tf.math.logicalOr(kept, inputs.known()));
  }
}
