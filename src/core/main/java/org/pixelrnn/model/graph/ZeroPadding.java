package org.pixelrnn.model.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** Zeros around a map: the values that a convolution reads outside the image. */
public final class ZeroPadding {
  private ZeroPadding() {}

  /**
   * Pads a map on all sides.
   *
   * @param x {@code [batch, height, width, features]}
   * @param above the number of rows to add above the map
   * @param below the number of rows to add below the map
   * @param sides the number of columns to add on the left, and again on the right
   * @return {@code [batch, above + height + below, sides + width + sides, features]}
   */
  public static <T extends TType> Operand<T> pad(
      Ops tf, Operand<T> x, int above, int below, int sides) {
    return pad(tf, x, new int[][] {{0, 0}, {above, below}, {sides, sides}, {0, 0}});
  }

  /**
   * Pads a map on its right side.
   *
   * @param x {@code [batch, height, width, features]}
   * @return {@code [batch, height, width + columns, features]}
   */
  public static <T extends TType> Operand<T> padRight(Ops tf, Operand<T> x, int columns) {
    return pad(tf, x, new int[][] {{0, 0}, {0, 0}, {0, columns}, {0, 0}});
  }

  /**
   * Pads a row of pixels on its left and on its right, and adds images.
   *
   * @param x {@code [columns, n, features]}
   * @param images the number of images to add, {@code []}
   * @return {@code [left + columns + right, n + images, features]}
   */
  public static Operand<TFloat32> padRow(
      Ops tf, Operand<TFloat32> x, int left, int right, Operand<TInt32> images) {
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> sizes =
        tf.stack(List.of(tf.constant(left), tf.constant(right), zero, images, zero, zero));
    return pad(tf, x, tf.reshape(sizes, tf.constant(new int[] {3, 2})));
  }

  /**
   * Pads any tensor.
   *
   * @param padding for each axis, the number of zeros before it and after it
   */
  static <T extends TType> Operand<T> pad(Ops tf, Operand<T> x, int[][] padding) {
    return pad(tf, x, tf.constant(padding));
  }

  private static <T extends TType> Operand<T> pad(Ops tf, Operand<T> x, Operand<TInt32> padding) {
    // The operation Pad itself: Ops.pad adds PadV2, which TensorFlow's C++ gradients do not
    // support.
    return tf.scope()
        .opBuilder("Pad", "Pad")
        .addInput(x.asOutput())
        .addInput(padding.asOutput())
        .build()
        .output(0);
  }
}
