package org.pixelrnn.model.layer;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The body of a layer while a block of a row is being sampled, from left to right.
 *
 * <p>The contributions of the rows above are computed when the row begins, for all of its pixels at
 * once. What remains for each pixel is the contribution of its left neighbours and of the pixel
 * itself. Channels are sub-steps: group g of the output depends on groups ≤ g of the input, and is
 * computed on its own.
 */
interface LayerRow {

  /**
   * Advances by one channel group of one pixel. Callers go through the columns in order, and
   * through groups 0 … C-1 in order within a column.
   *
   * @param column the pixel's column in the block
   * @param input the group of the layer's input at this pixel, {@code [n, in / C]}
   * @return the group of the layer's output at this pixel, {@code [n, out / C]}
   */
  Operand<TFloat32> pixel(int column, int group, Operand<TFloat32> input);

  /** Adds what the row below and the next block need, after the last pixel of the block. */
  void leave(BlockTensors.Builder end);
}
