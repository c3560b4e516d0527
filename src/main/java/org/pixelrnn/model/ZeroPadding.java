package org.pixelrnn.model;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Zeros around a map: what a convolution sees beyond the image's edges. */
final class ZeroPadding {
  private ZeroPadding() {}

  /**
   * Pads a map.
   *
   * @param x {@code [batch, height, width, features]}
   * @return {@code [batch, above + height + below, sides + width + sides, features]}
   */
  static Operand<TFloat32> pad(Ops tf, Operand<TFloat32> x, int above, int below, int sides) {
    return pad(tf, x, new int[][] {{0, 0}, {above, below}, {sides, sides}, {0, 0}});
  }

  /**
   * Pads a map on its right side.
   *
   * @param x {@code [batch, height, width, features]}
   * @return {@code [batch, height, width + columns, features]}
   */
  static Operand<TFloat32> padRight(Ops tf, Operand<TFloat32> x, int columns) {
    return pad(tf, x, new int[][] {{0, 0}, {0, 0}, {0, columns}, {0, 0}});
  }

  private static Operand<TFloat32> pad(Ops tf, Operand<TFloat32> x, int[][] padding) {
    // The operation Pad itself: Ops.pad is PadV2, which TensorFlow cannot differentiate from C++.
    return tf.scope()
        .opBuilder("Pad", "Pad")
        .addInput(x.asOutput())
        .addInput(tf.constant(padding).asOutput())
        .build()
        .output(0);
  }
}
