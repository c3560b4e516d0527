package org.pixelrnn.model;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * Columns right of the image that feature maps have and images have not: pixels of value 0, as
 * everything outside the image is, which come after those of their row and before the next row's,
 * and which nobody draws or scores.
 *
 * <p>Mask A hides a pixel from the features at its own place, so that the last pixel of a row is in
 * no feature of that row. A recurrence that goes from right to left over the row (section 3.2)
 * never hears of it, unless it begins one column further right, where that pixel is already past.
 *
 * @param columns how many
 */
record Margin(int columns) {
  static final Margin NONE = new Margin(0);

  /** Maps with the margin, {@code [n, height, width + columns, features]}. */
  <T extends TType> Operand<T> added(Ops tf, Operand<T> map) {
    return columns == 0 ? map : ZeroPadding.padRight(tf, map, columns);
  }

  /** Maps without it, {@code [n, height, width, features]}. */
  Operand<TFloat32> cut(Ops tf, Operand<TFloat32> map, int width) {
    return columns == 0
        ? map
        : tf.slice(map, tf.constant(new int[4]), tf.constant(new int[] {-1, -1, width, -1}));
  }

  /** The lanes of maps, those of images being given. */
  Lanes added(Lanes lanes) {
    return columns == 0 ? lanes : new Lanes(lanes.count(), lanes.columns() + columns);
  }
}
