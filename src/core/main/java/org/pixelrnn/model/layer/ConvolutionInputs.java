package org.pixelrnn.model.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.pixelrnn.model.graph.ZeroPadding;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The input pixels of a {@link MaskedConvolutionRow}: those of earlier rows, and those of this row
 * so far. A block is the part of a row that belongs to a lane; with a single lane it is the whole
 * row. At turn t, lane a is at row {@code r = t - a}. Its pixels outside the block come from the
 * neighbouring lanes:
 *
 * <pre>
 *               left lane                        this lane, a         right lane
 *   row r - 2   turn t - 3                       turn t - 2           turn t - 1
 *   row r - 1   turn t - 2                       turn t - 1           turn t, so far
 *   row r       turn t - 1                       turn t, so far
 * </pre>
 *
 * <p>For each pixel, the convolution reads {@code reach} columns to the left and to the right. With
 * a single lane, pixels outside the block are outside the image and are zero.
 */
final class ConvolutionInputs {
  private final Ops tf;
  private final MaskGeometry geometry;
  private final List<Operand<TFloat32>> state;
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
  private final List<Operand<TFloat32>> row;

  /**
   * Begins a row.
   *
   * @param state the inputs of earlier turns, as {@link MaskedConvolution#state}
   */
  ConvolutionInputs(Ops tf, MaskGeometry geometry, List<Operand<TFloat32>> state, LaneShift shift) {
    this.tf = tf;
    this.geometry = geometry;
    this.state = state;
    this.shift = shift;
    this.reach = geometry.rightReach();
    if (geometry.rows() > 1 && !geometry.rowsAboveAtOnce()) {
      int columns = shift.lanes().columns() + (inLanes() ? 1 : 2) * reach;
      above.addAll(pixels(rowAbove(1, tf.constant(0)), columns));
    }
    this.row = new ArrayList<>(leftOfThisRow());
  }

  /**
   * True if several rows are sampled at once and the convolution has rows above. Neighbouring lanes
   * then supply the pixels left and right of the block.
   */
  boolean inLanes() {
    return shift.lanes().count() > 1 && !state.isEmpty();
  }

  /** Adds the next pixel of this row, {@code [lanes · n, in]}. */
  void add(Operand<TFloat32> pixel) {
    Operand<TFloat32> input =
        inLanes() ? shift.zeroAboveImage(pixel, geometry.features().in()) : pixel;
    row.add(input);
    if (inLanes() && row.size() <= 2 * reach) {
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

  /**
   * All rows above, the topmost first and their features side by side, {@code [reach + columns +
   * reach, lanes · n, (rows - 1) · in]}. Pixels of the right lane that are not sampled yet are
   * zero.
   *
   * @param extraImages the number of images of zeros to add if there is one lane, {@code []}
   */
  Operand<TFloat32> rowsAbove(Operand<TInt32> extraImages) {
    List<Operand<TFloat32>> rows = new ArrayList<>();
    for (int k = geometry.rows() - 1; k >= 1; k--) {
      Operand<TFloat32> rowAbove = rowAbove(k, extraImages);
      rows.add(
          k == 1 && inLanes()
              ? ZeroPadding.padRow(tf, rowAbove, 0, reach, tf.constant(0))
              : rowAbove);
    }
    return rows.size() == 1 ? rows.get(0) : tf.concat(rows, tf.constant(2));
  }

  /** The state for the next turn, after the last pixel; as {@link MaskedConvolution#state}. */
  List<Operand<TFloat32>> finish() {
    if (state.isEmpty()) {
      return List.of();
    }
    List<Operand<TFloat32>> next = new ArrayList<>();
    next.add(tf.stack(List.copyOf(row.subList(reach, row.size())), Stack.axis(0L)));
    next.addAll(state.subList(0, geometry.rows() - 2));
    if (inLanes()) {
      next.add(lastColumns(state.get(geometry.rows() - 2)));
    }
    return next;
  }

  /**
   * The k-th row above: the columns left of the block, the block, and the columns right of it,
   * {@code [reach + columns + reach, lanes · n, in]}. In lanes, the nearest row ends with the
   * block.
   */
  private Operand<TFloat32> rowAbove(int k, Operand<TInt32> extraImages) {
    Operand<TFloat32> block = state.get(k - 1);
    if (!inLanes()) {
      return ZeroPadding.padRow(tf, block, reach, reach, extraImages);
    }
    Operand<TFloat32> leftAndBlock = tf.concat(List.of(leftOf(k), block), tf.constant(0));
    if (k == 1) {
      return leftAndBlock;
    }
    Operand<TFloat32> firstColumns = columns(state.get(k - 2), 0);
    return tf.concat(List.of(leftAndBlock, shift.fromRightLane(firstColumns, 1)), tf.constant(0));
  }

  /** In lanes: the columns left of the block in the k-th row above; k = 0 is this row. */
  private Operand<TFloat32> leftOf(int k) {
    return shift.fromLeftLane(
        k == geometry.rows() - 1 ? state.get(k) : lastColumns(state.get(k)), 1);
  }

  private List<Operand<TFloat32>> leftOfThisRow() {
    if (inLanes()) {
      return pixels(leftOf(0), reach);
    }
    return IntStream.range(0, reach)
        .<Operand<TFloat32>>mapToObj(c -> shift.zeros(geometry.features().in()))
        .toList();
  }

  private Operand<TFloat32> lastColumns(Operand<TFloat32> x) {
    return columns(x, shift.lanes().columns() - reach);
  }

  /** {@link #reach} columns, beginning at {@code first}, {@code [reach, lanes · n, in]}. */
  private Operand<TFloat32> columns(Operand<TFloat32> x, int first) {
    return tf.slice(
        x, tf.constant(new int[] {first, 0, 0}), tf.constant(new int[] {reach, -1, -1}));
  }

  private List<Operand<TFloat32>> pixels(Operand<TFloat32> x, int columns) {
    return new ArrayList<>(tf.unstack(x, (long) columns, Unstack.axis(0L)).output());
  }
}
