package org.pixelrnn.export;

import java.util.Map;
import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.MultiScaleDrawing;
import org.pixelrnn.model.MultiScaleNetwork;
import org.pixelrnn.model.Pass;
import org.pixelrnn.model.Reduction;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TUint8;

/**
 * What a multi-scale model can be asked beside what any model can, small images being level indices
 * as uint8, {@code [n, h, w, C]}:
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
 * <p>{@code sample} is {@code sample_small} and then {@code upscale} with the same seed; {@code
 * complete} is {@code reduce}, {@code complete_small}, {@code start} and {@code next_row}.
 */
final class MultiScaleSignatures {
  private final MultiScaleNetwork model;
  private final MultiScaleDrawing drawing;
  private final Pass pass;
  private final Signatures signatures;
  private final RandomInputs random;
  private final ImageShape shape;
  private final Operand<TUint8> small;

  MultiScaleSignatures(
      MultiScaleNetwork model,
      MultiScaleDrawing drawing,
      Pass pass,
      Signatures signatures,
      RandomInputs random) {
    this.model = model;
    this.drawing = drawing;
    this.pass = pass;
    this.signatures = signatures;
    this.random = random;
    this.shape = model.small().shape();
    this.small =
        signatures.input(
            "small", TUint8.class, -1, shape.height(), shape.width(), shape.channels());
  }

  /**
   * The signatures of small images.
   *
   * @param images whole ones that are given
   * @param known which of their pixels
   */
  void smallImages(Operand<TUint8> images, Operand<TBool> known) {
    Reduction reduction = model.reduction();
    signatures.add(
        "reduce",
        Map.of("images", images, "known", known),
        Map.of(
            "small", reduction.of(pass.tf(), images),
            "known", reduction.known(pass.tf(), known)));
    signatures.add(
        "sample_small",
        Map.of(
            "count", random.count(),
            "seed", random.seed(),
            "temperature", random.temperature()),
        Map.of(
            "images",
            drawing.sampleSmall(pass, random.count(), random.seed(), random.temperature())));
    Operand<TBool> smallKnown =
        signatures.input("small_known", TBool.class, -1, shape.height(), shape.width());
    signatures.add(
        "complete_small",
        Map.of(
            "images",
            small,
            "known",
            smallKnown,
            "seed",
            random.seed(),
            "temperature",
            random.temperature()),
        Map.of(
            "images",
            drawing.completeSmall(pass, small, smallKnown, random.seed(), random.temperature())));
    signatures.add(
        "upscale",
        Map.of("small", small, "seed", random.seed(), "temperature", random.temperature()),
        Map.of("images", drawing.upscale(pass, small, random.seed(), random.temperature())));
  }

  /** {@code start} and {@code next_row}. */
  void rowByRow() {
    RowSignatures byRow = new RowSignatures(model.full(), pass.tf(), signatures);
    byRow.start(
        Map.of("small", small),
        drawing.start(pass, small),
        model.isExact() ? Optional.of(small) : Optional.empty());
    byRow.nextRow(
        random,
        model.isExact() ? Optional.of(shape) : Optional.empty(),
        (smallImages, inputs) -> drawing.nextRow(pass, smallImages, inputs));
  }
}
