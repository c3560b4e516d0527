package org.pixelrnn.model;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Zeros around a map: what a convolution sees beyond the image's edges. */
final class ZeroPadding {
  private ZeroPadding() {}

  /**
   * Pads above and at both sides; below, no masked convolution looks.
   *
   * @param x {@code [batch, height, width, features]}
   * @return {@code [batch, above + height, sides + width + sides, features]}
   */
  static Operand<TFloat32> pad(Ops tf, Operand<TFloat32> x, int above, int sides) {
    // The operation Pad itself: Ops.pad is PadV2, which TensorFlow cannot differentiate from C++.
    return tf.scope()
        .opBuilder("Pad", "Pad")
        .addInput(x.asOutput())
        .addInput(tf.constant(new int[][] {{0, 0}, {above, 0}, {sides, sides}, {0, 0}}).asOutput())
        .build()
        .output(0);
  }
}
