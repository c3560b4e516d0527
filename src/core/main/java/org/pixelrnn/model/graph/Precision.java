package org.pixelrnn.model.graph;

import com.google.common.base.Preconditions;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * The number format of convolutions, matrix products and feature maps. Weights, the softmax and the
 * loss are float32 in either.
 */
public enum Precision {
  /** 8 bits of exponent and 24 of significand. */
  FLOAT32(TFloat32.class),
  /** 8 bits of exponent and 8 of significand: the format of a GPU's fast matrix units. */
  BFLOAT16(TBfloat16.class);

  private final Class<? extends TFloating> type;

  Precision(Class<? extends TFloating> type) {
    this.type = type;
  }

  /** TensorFlow's type of these numbers. */
  public Class<? extends TFloating> type() {
    return type;
  }

  /** A tensor in this format: the same one if it has the format already. */
  public Operand<TFloating> of(Ops tf, Operand<? extends TFloating> tensor) {
    return tensor.type() == type ? floating(tensor) : floating(tf.dtypes.cast(tensor, type));
  }

  /** The number 0 in this format, {@code []}. */
  public Operand<TFloating> zero(Ops tf) {
    return of(tf, tf.constant(0f));
  }

  /**
   * The same tensor under the type of all formats.
   *
   * @throws IllegalArgumentException if it does not hold floating-point numbers
   */
  @SuppressWarnings("unchecked") // An operand only produces tensors, and each is a TFloating.
  public static Operand<TFloating> floating(Operand<?> tensor) {
    Preconditions.checkArgument(TFloating.class.isAssignableFrom(tensor.type()), "%s", tensor);
    return (Operand<TFloating>) tensor;
  }

  /** A float32 tensor: the same one if it is float32 already. */
  public static Operand<TFloat32> float32(Ops tf, Operand<? extends TFloating> tensor) {
    return tensor.type() == TFloat32.class
        ? tensor.asOutput().expect(TFloat32.class)
        : tf.dtypes.cast(tensor, TFloat32.class);
  }
}
