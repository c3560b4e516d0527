package org.pixelrnn.model.layer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.pixelrnn.model.graph.EmptyBatch;
import org.pixelrnn.model.graph.ZeroPadding;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The input pixels that earlier turns have left for a {@link MaskedConvolution}. A block is the
 * part of a row that belongs to a lane; with a single lane it is the whole row. At turn t, lane a
 * is at row {@code r = t - a}. Its pixels outside the block come from the neighbouring lanes:
 *
 * <pre>
 *               left lane                        this lane, a         right lane
 *   row r - 2   turn t - 3                       turn t - 2           turn t - 1
 *   row r - 1   turn t - 2                       turn t - 1           turn t, so far
 *   row r       turn t - 1                       turn t, so far
 * </pre>
 *
 * <p>What is sampled in this turn is not here, but in {@link ConvolutionInputs}. With a single
 * lane, pixels outside the block are outside the image and are zero.
 */
final class EarlierTurns {
  private final Ops tf;
  private final MaskGeometry geometry;
  private final List<Operand<TFloat32>> state;
  private final LaneShift shift;

  /** The number of columns of the kernel left of the centre; the same number is right of it. */
  private final int reach;

  /**
   * The pixels of earlier turns.
   *
   * @param state as {@link MaskedConvolution#state}
   */
  EarlierTurns(Ops tf, MaskGeometry geometry, List<Operand<TFloat32>> state, LaneShift shift) {
    this.tf = tf;
    this.geometry = geometry;
    this.state = state;
    this.shift = shift;
    this.reach = geometry.rightReach();
  }

  /**
   * The columns left of the block in this row, {@code [reach, lanes · n, in]}. A convolution with a
   * reach has them.
   */
  Operand<TFloat32> left() {
    Operand<TFloat32> left =
        inLanes()
            ? leftOf(0)
            : tf.stack(Collections.nCopies(reach, shift.zeros(geometry.features().in())));
    return sized(left, reach, geometry.features().in());
  }

  /**
   * The row above, {@code [reach + columns + reach, lanes · n, in]}. In lanes it ends with the
   * block.
   */
  Operand<TFloat32> rowAbove() {
    int columns = shift.lanes().columns() + (inLanes() ? 1 : 2) * reach;
    return sized(rowAbove(1, tf.constant(0)), columns, geometry.features().in());
  }

  /**
   * The convolution of all rows above, {@code [columns, lanes · n, out]}. Pixels of the right lane
   * that are not sampled yet count as zero.
   *
   * @param kernel as {@link RowKernels#above}
   * @param bias in the order of groups, {@code [out]}
   */
  Operand<TFloat32> convolved(Operand<TFloat32> kernel, Operand<TFloat32> bias) {
    // Only a single lane can be without images: the loop over turns does not run without images.
    Operand<TFloat32> rowsAbove = rowsAbove(EmptyBatch.padding(tf, shift.n()));
    // One "image", [1, columns, lanes · n, features]: its rows are columns, its columns are images.
    Operand<TFloat32> convolved =
        tf.nn.biasAdd(
            tf.nn.conv2d(
                tf.expandDims(rowsAbove, tf.constant(0)), kernel, List.of(1L, 1L, 1L, 1L), "VALID"),
            bias);
    Operand<TFloat32> padded = tf.squeeze(convolved, Squeeze.axis(List.of(0L)));
    return sized(
        inLanes() ? padded : EmptyBatch.cut(tf, padded, shift.n(), 1),
        shift.lanes().columns(),
        geometry.features().out());
  }

  /**
   * The state for the next turn, after the last pixel of the block; as {@link
   * MaskedConvolution#state}.
   *
   * @param end what {@link MaskedConvolutionRow#leave} has added
   */
  List<Operand<TFloat32>> next(BlockTensors end) {
    List<Operand<TFloat32>> next = new ArrayList<>();
    if (geometry.rows() > 1) {
      next.add(end.takeByColumn());
      next.addAll(state.subList(0, geometry.rows() - 2));
    }
    if (reach > 0) {
      Operand<TFloat32> lastOfThisRow = end.takeLeft();
      if (inLanes()) {
        next.add(
            geometry.rows() == 1 ? lastOfThisRow : lastColumns(state.get(geometry.rows() - 2)));
      }
    }
    return next;
  }

  private Operand<TFloat32> sized(Operand<TFloat32> row, int columns, int features) {
    return tf.ensureShape(row, Shape.of(columns, Shape.UNKNOWN_SIZE, features));
  }

  private boolean inLanes() {
    return shift.lanes().count() > 1;
  }

  /**
   * All rows above, the topmost first and their features side by side, {@code [reach + columns +
   * reach, lanes · n, (rows - 1) · in]}.
   *
   * @param extraImages the number of images of zeros to add if there is one lane, {@code []}
   */
  private Operand<TFloat32> rowsAbove(Operand<TInt32> extraImages) {
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

  private Operand<TFloat32> lastColumns(Operand<TFloat32> x) {
    return columns(x, shift.lanes().columns() - reach);
  }

  /** {@link #reach} columns, beginning at {@code first}, {@code [reach, lanes · n, in]}. */
  private Operand<TFloat32> columns(Operand<TFloat32> x, int first) {
    return tf.slice(
        x, tf.constant(new int[] {first, 0, 0}), tf.constant(new int[] {reach, -1, -1}));
  }
}
