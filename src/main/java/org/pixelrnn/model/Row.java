package org.pixelrnn.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A layer on its way along one row of pixels, left to right: the face of a layer that draws images.
 *
 * <p>What the rows above contribute was computed when the row began, for all its pixels at once;
 * here only left neighbours and the pixel itself are left to do. Channels are sub-steps: group g of
 * the output needs groups ≤ g of the input, and is computed alone.
 */
public interface Row {

  /**
   * Advances by one channel group of one pixel. Called for columns in order, and for groups 0 … C-1
   * in order within a column.
   *
   * @param input that group of the layer's input at this pixel, {@code [n, in / C]}
   * @return that group of the layer's output at this pixel, {@code [n, out / C]}
   */
  Operand<TFloat32> pixel(int column, int group, Operand<TFloat32> input);

  /** After the last pixel: the state for the row below, in the order of {@code Layer.state()}. */
  List<Operand<TFloat32>> finish();
}
