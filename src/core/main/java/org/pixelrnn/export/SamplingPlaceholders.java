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

  /** The inputs of {@code count} new images without a known pixel. */
  SamplingInputs newImages(Ops tf, ImageShape shape) {
    return SamplingInputs.nothingKnown(tf, shape, count, given.seed(), given.temperature());
  }

  /** Seed, temperature and other inputs, by their names in a signature. */
  Map<String, Operand<?>> randomAnd(Map<String, Operand<?>> others) {
    Map<String, Operand<?>> named = new LinkedHashMap<>(others);
    named.put("seed", given.seed());
    named.put("temperature", given.temperature());
    return named;
  }
}
