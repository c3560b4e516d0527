package org.pixelrnn.export;

import java.util.LinkedHashMap;
import java.util.Map;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.sampling.SamplingInputs;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * The placeholders of all signatures that sample.
 *
 * @param count the number of new images, {@code []}
 * @param given images {@code [n, height, width, channels]}, known {@code [n, height, width]}, seed
 *     {@code []} and temperature {@code []}
 */
record SamplingPlaceholders(Operand<TInt32> count, SamplingInputs given) {

  /** Adds the placeholders of a model for images of this shape. */
  static SamplingPlaceholders of(Signatures signatures, ImageShape shape) {
    return new SamplingPlaceholders(
        signatures.input("count", TInt32.class),
        new SamplingInputs(
            signatures.input(
                "images", TUint8.class, -1, shape.height(), shape.width(), shape.channels()),
            signatures.input("known", TBool.class, -1, shape.height(), shape.width()),
            signatures.input("seed", TInt64.class),
            signatures.input("temperature", TFloat32.class)));
  }

  /** The inputs of {@code count} new images without a known pixel, checked. */
  SamplingInputs newImages(Ops tf, ImageShape shape) {
    InputAssertions inputs = new InputAssertions(tf);
    return SamplingInputs.nothingKnown(
        tf, shape, inputs.count(count), given.seed(), inputs.temperature(given.temperature()));
  }

  /**
   * The inputs that complete images, checked.
   *
   * @param images level indices, {@code [n, height, width, channels]}
   * @param known true where a pixel is known, {@code [n, height, width]}
   * @param levels the number of levels
   */
  SamplingInputs completing(Ops tf, Operand<TUint8> images, Operand<TBool> known, int levels) {
    return checked(tf, "images", images, known, levels);
  }

  /** The same for a row of each image, {@code [n, width, channels]}. */
  SamplingInputs completingRow(Ops tf, Operand<TUint8> row, Operand<TBool> known, int levels) {
    return checked(tf, "known_values", row, known, levels);
  }

  private SamplingInputs checked(
      Ops tf, String name, Operand<TUint8> images, Operand<TBool> known, int levels) {
    InputAssertions inputs = new InputAssertions(tf);
    return new SamplingInputs(
        inputs.levels(name, images, known, levels),
        known,
        given.seed(),
        inputs.temperature(given.temperature()));
  }

  /** Seed, temperature and other inputs, by their names in a signature. */
  Map<String, Operand<?>> randomAnd(Map<String, Operand<?>> others) {
    Map<String, Operand<?>> named = new LinkedHashMap<>(others);
    named.put("seed", given.seed());
    named.put("temperature", given.temperature());
    return named;
  }
}
