package org.pixelrnn.model.sampling;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Standard Gumbel noise times the temperature, {@code T · -log(-log u)} with u uniform in (0, 1).
 */
final class GumbelNoise {
  /** The largest number below 1. */
  private static final float LARGEST = Math.nextDown(1f);

  private GumbelNoise() {}

  /**
   * Adds the operations that make the noise.
   *
   * @param uniform uniform numbers, of any shape
   * @param temperature T, of a shape that can be broadcast to it
   * @return the noise, in the shape of the uniform numbers
   */
  static Operand<TFloat32> of(Ops tf, Operand<TFloat32> uniform, Operand<TFloat32> temperature) {
    // Never 0 or 1: their Gumbel noise is infinite, which times temperature 0 is not a number.
    Operand<TFloat32> u =
        tf.math.minimum(
            tf.math.maximum(uniform, tf.constant(Float.MIN_NORMAL)), tf.constant(LARGEST));
    return tf.math.mul(tf.math.neg(tf.math.log(tf.math.neg(tf.math.log(u)))), temperature);
  }
}
