package org.pixelrnn.model.layer;

import org.pixelrnn.model.graph.ZeroPadding;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TType;

/**
 * Columns of zeros right of the image, which feature maps have and images have not. Their pixels
 * come after the pixels of their row and before the next row. They are not sampled and not scored.
 *
 * <pre>
 *    a   b   c   d   0        an image of 2×4 pixels, 1 column of padding
 *    e   f   g   h   0        order: a b c d 0 e f g h 0
 * </pre>
 *
 * <p>A Diagonal BiLSTM needs one such column. Mask A hides a pixel from the features at its own
 * place, so no feature of a row depends on the row's last pixel, d. The recurrence from right to
 * left (section 3.2) would never read that pixel. It begins one column further right, where d is
 * already an earlier pixel.
 *
 * @param columns the number of columns
 */
public record RightPadding(int columns) {
  static final RightPadding NONE = new RightPadding(0);

  /**
   * Adds the padding to a map.
   *
   * @param map {@code [n, height, width, features]}
   * @return {@code [n, height, width + columns, features]}
   */
  public <T extends TType> Operand<T> pad(Ops tf, Operand<T> map) {
    return columns == 0 ? map : ZeroPadding.padRight(tf, map, columns);
  }

  /** Adds the padding to the lanes of images: the lanes of padded maps. */
  public Lanes pad(Lanes lanes) {
    return columns == 0
        ? lanes
        : new Lanes(lanes.count(), lanes.columns() + columns, lanes.width() + columns);
  }

  /**
   * Cuts the padding off a map.
   *
   * @param map {@code [n, height, width + columns, features]}
   * @return {@code [n, height, width, features]}
   */
  public <T extends TType> Operand<T> cut(Ops tf, Operand<T> map, int width) {
    return columns == 0
        ? map
        : tf.slice(map, tf.constant(new int[4]), tf.constant(new int[] {-1, -1, width, -1}));
  }
}
