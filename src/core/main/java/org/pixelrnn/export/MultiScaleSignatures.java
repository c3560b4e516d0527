package org.pixelrnn.export;

import java.util.Map;
import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.MultiScaleNetwork;
import org.pixelrnn.model.Reduction;
import org.pixelrnn.model.graph.BatchSize;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.sampling.MultiScaleSampler;
import org.pixelrnn.model.sampling.SamplingInputs;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TUint8;

/**
 * The signatures that only a multi-scale model has. Small images are level indices as uint8, {@code
 * [n, h, w, C]}.
 *
 * <pre>
 * reduce          images, known [n, H, W]             → small, known [n, h, w]
 * sample_small    count, seed, temperature            → images [count, h, w, C]
 * complete_small  images [n, h, w, C], known [n, h, w],
 *                 seed, temperature                   → images [n, h, w, C]
 * upscale         small, seed, temperature            → images [n, H, W, C]
 * start           small, in place of count            → state_*
 * </pre>
 *
 * <p>{@code sample} gives what {@code sample_small} and then {@code upscale} give with the same
 * seed. {@code complete} gives what {@code reduce}, {@code complete_small}, {@code start} and
 * {@code next_row} give.
 */
final class MultiScaleSignatures {
  private final MultiScaleNetwork model;
  private final MultiScaleSampler sampler;
  private final BuildContext context;
  private final Signatures signatures;
  private final SamplingPlaceholders placeholders;
  private final ImageShape shape;
  private final Operand<TUint8> small;

  /**
   * The signatures of a model.
   *
   * @param placeholders those of the whole images
   */
  MultiScaleSignatures(
      MultiScaleNetwork model,
      MultiScaleSampler sampler,
      BuildContext context,
      Signatures signatures,
      SamplingPlaceholders placeholders) {
    this.model = model;
    this.sampler = sampler;
    this.context = context;
    this.signatures = signatures;
    this.placeholders = placeholders;
    this.shape = model.small().shape();
    this.small =
        signatures.input(
            "small", TUint8.class, -1, shape.height(), shape.width(), shape.channels());
  }

  /** Adds the signatures of small images. */
  void addSmallImages() {
    Ops tf = context.tf();
    Reduction reduction = model.reduction();
    SamplingInputs given = placeholders.given();
    signatures.add(
        "reduce",
        Map.of("images", given.images(), "known", given.known()),
        Map.of(
            "small",
            reduction.of(tf, given.images()),
            "known",
            reduction.known(tf, given.known())));
    signatures.add(
        "sample_small",
        placeholders.randomAnd(Map.of("count", placeholders.count())),
        Map.of("images", sampler.sampleSmall(context, placeholders.newImages(tf, shape))));
    Operand<TBool> smallKnown =
        signatures.input("small_known", TBool.class, -1, shape.height(), shape.width());
    signatures.add(
        "complete_small",
        placeholders.randomAnd(Map.of("images", small, "known", smallKnown)),
        Map.of(
            "images",
            sampler.sampleSmall(
                context, placeholders.completing(tf, small, smallKnown, shape.levels()))));
    InputAssertions inputs = new InputAssertions(tf);
    SamplingInputs newImages =
        SamplingInputs.nothingKnown(
            tf,
            model.shape(),
            BatchSize.of(tf, small),
            given.seed(),
            inputs.temperature(given.temperature()));
    signatures.add(
        "upscale",
        placeholders.randomAnd(Map.of("small", small)),
        Map.of(
            "images",
            sampler.upscale(context, inputs.levels("small", small, shape.levels()), newImages)));
  }

  /** Adds {@code start}, {@code next_row} and {@code next_row_with_noise}. */
  void addRowByRow() {
    RowSignatures byRow = new RowSignatures(model.full(), context.tf(), signatures);
    byRow.addStart(
        Map.of("small", small),
        sampler.start(context, small),
        model.isExact() ? Optional.of(small) : Optional.empty());
    byRow.addNextRows(
        placeholders,
        model.isExact() ? Optional.of(shape) : Optional.empty(),
        (smallImages, inputs) -> sampler.nextRow(context, smallImages, inputs));
  }
}
