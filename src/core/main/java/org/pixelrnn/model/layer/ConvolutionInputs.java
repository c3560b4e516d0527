package org.pixelrnn.model.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;

/**
 * The input pixels of a {@link MaskedConvolutionRow}: those of the row above, if they are taken
 * pixel by pixel, and those of this row so far. {@link EarlierTurns} says where they come from.
 */
final class ConvolutionInputs {
  private final Ops tf;
  private final MaskGeometry geometry;
  private final LaneShift shift;

  /** The number of columns of the kernel left of the centre; the same number is right of it. */
  private final int reach;

  /**
   * The pixels of the row above that are taken pixel by pixel. If the rows above are taken at once,
   * these are only the pixels of the right lane. Otherwise they begin {@link #reach} columns left
   * of the block.
   */
  private final List<Operand<TFloat32>> above = new ArrayList<>();

  /** The pixels of this row, beginning {@link #reach} columns left of the block. */
  private final List<Operand<TFloat32>> row = new ArrayList<>();

  /**
   * Begins a block.
   *
   * @param rowAbove {@link EarlierTurns#rowAbove}, if it is taken pixel by pixel
   * @param left {@link EarlierTurns#left}, if the convolution has a reach
   */
  ConvolutionInputs(
      Ops tf,
      MaskGeometry geometry,
      Optional<Operand<TFloat32>> rowAbove,
      Optional<Operand<TFloat32>> left,
      LaneShift shift) {
    this.tf = tf;
    this.geometry = geometry;
    this.shift = shift;
    this.reach = geometry.rightReach();
    rowAbove.ifPresent(pixels -> above.addAll(unstack(pixels)));
    left.ifPresent(pixels -> row.addAll(unstack(pixels)));
  }

  /** Adds the next pixel of this row, {@code [lanes · n, in]}. */
  void add(Operand<TFloat32> pixel) {
    int column = row.size() - reach;
    Operand<TFloat32> input =
        inLanes() ? shift.zeroOutsideImage(pixel, column, geometry.features().in()) : pixel;
    row.add(input);
    if (inLanes() && geometry.rows() > 1 && column < reach) {
      above.add(shift.fromRightLane(input, 0));
    }
  }

  /** A pixel of this row that has been added. */
  Operand<TFloat32> pixel(int column) {
    return row.get(column + reach);
  }

  /** The pixels before a pixel that are taken pixel by pixel, in the order of the kernel's taps. */
  List<Operand<TFloat32>> before(int column) {
    List<Operand<TFloat32>> inputs = new ArrayList<>();
    if (geometry.rows() > 1) {
      inputs.addAll(
          geometry.rowsAboveAtOnce()
              ? above.subList(0, tapsInRightLane(column))
              : above.subList(column, column + 2 * reach + 1));
    }
    inputs.addAll(row.subList(column, column + reach));
    return inputs;
  }

  /** The number of taps of a pixel that lie in the right lane, in the row above. */
  int tapsInRightLane(int column) {
    return inLanes() ? Math.max(0, column + reach + 1 - shift.lanes().columns()) : 0;
  }

  /** Adds what the row below and the next block need, after the last pixel of the block. */
  void leave(BlockTensors.Builder end) {
    if (geometry.rows() > 1) {
      end.byColumn(stack(row.subList(reach, row.size())));
    }
    if (reach > 0) {
      end.left(stack(row.subList(row.size() - reach, row.size())));
    }
  }

  /**
   * True if several rows are sampled at once and the convolution reads more than the pixel itself.
   * Neighbouring lanes then supply the pixels left and right of the block.
   */
  private boolean inLanes() {
    return shift.lanes().count() > 1 && reach > 0;
  }

  private Operand<TFloat32> stack(List<Operand<TFloat32>> pixels) {
    return tf.stack(List.copyOf(pixels), Stack.axis(0L));
  }

  private List<Operand<TFloat32>> unstack(Operand<TFloat32> pixels) {
    return new ArrayList<>(tf.unstack(pixels, pixels.shape().get(0), Unstack.axis(0L)).output());
  }
}
