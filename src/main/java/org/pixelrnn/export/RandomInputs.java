package org.pixelrnn.export;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * What images are drawn by: how many, from which random numbers, how boldly.
 *
 * @param count {@code []}
 * @param seed {@code []}
 * @param temperature {@code []}
 */
record RandomInputs(Operand<TInt32> count, Operand<TInt64> seed, Operand<TFloat32> temperature) {

  /** As inputs of signatures. */
  static RandomInputs of(Signatures signatures) {
    return new RandomInputs(
        signatures.input("count", TInt32.class),
        signatures.input("seed", TInt64.class),
        signatures.input("temperature", TFloat32.class));
  }
}
