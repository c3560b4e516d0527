package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.pixelrnn.model.MaskedConvolution.Features;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A {@link MaskedConvolution} on its way along one row, or along each lane's part of one.
 *
 * <p>What several rows above give is one convolution before the first pixel. Then it goes pixel by
 * pixel and channel group by channel group: one matrix product of the taps that are left, of the
 * one group's columns; or one for all groups, and of each group what it sees of the centre.
 */
final class MaskedConvolutionRow {
  private final Ops tf;
  private final Taps taps;
  private final Features features;
  private final int left;
  private final RowKernels kernels;
  private final LaneShift shift;
  private final List<Operand<TFloat32>> state;

  /** By column, the groups side by side: what the rows above give, and the bias. */
  private final List<Operand<TFloat32>> fromAbove;

  /**
   * By group, if {@link #fromAbove} does not have it: the bias of every image. Adding equal shapes
   * is cheaper than a BiasAdd, and is not fused into oneDNN's matrix product, whose overhead at
   * this size is several times the product's time.
   */
  private final List<Operand<TFloat32>> biases;

  /**
   * Of the nearest row above what is seen pixel by pixel: from {@code left} columns before this
   * part of it, or, if {@link #fromAbove} has that, only what is in the lane to the right and drawn
   * at this very turn.
   */
  private final List<Operand<TFloat32>> above = new ArrayList<>();

  /** This row, from {@code left} columns before this part of it to the present pixel. */
  private final List<Operand<TFloat32>> seen;

  private final List<Operand<TFloat32>> groups = new ArrayList<>();
  private final Map<Rest, Operand<TFloat32>> withoutFirst = new HashMap<>();

  /**
   * By group: what the rows above and {@link RowKernels#beforeCentre} give at the present pixel.
   */
  private List<Operand<TFloat32>> fromBefore = List.of();

  /** With the inputs of earlier turns as {@link MaskedConvolution#state}. */
  MaskedConvolutionRow(
      Ops tf, Taps taps, RowKernels kernels, List<Operand<TFloat32>> state, LaneShift shift) {
    this.tf = tf;
    this.taps = taps;
    this.features = taps.features();
    this.left = taps.ahead();
    this.kernels = kernels;
    this.state = state;
    this.shift = shift;
    this.biases =
        taps.seeAboveAtOnce() ? List.of() : kernels.biases().stream().map(shift::forAll).toList();
    this.fromAbove = kernels.above().map(this::fromAbove).orElse(List.of());
    if (taps.rows() > 1 && fromAbove.isEmpty()) {
      int columnsAbove = shift.lanes().columns() + (inLanes() ? 1 : 2) * left;
      above.addAll(pixels(rowAbove(1, tf.constant(0)), columnsAbove));
    }
    this.seen = new ArrayList<>(leftOfThisRow());
  }

  /** Takes in one channel group of the input at the present pixel, {@code [n, in / C]}. */
  void see(Operand<TFloat32> group) {
    groups.add(group);
    if (groups.size() < features.channels()) {
      return;
    }
    Operand<TFloat32> all = sideBySide(groups, 1);
    groups.clear();
    Operand<TFloat32> pixel = inLanes() ? shift.begun(all, features.in()) : all;
    seen.add(pixel);
    if (inLanes() && seen.size() <= 2 * left) {
      above.add(shift.ofTheRight(pixel, 0));
    }
  }

  /**
   * One channel group of the output. With mask B the input's same group has been seen by now; with
   * mask A it has not.
   *
   * @return {@code [n, out / C]}; with sections, the group's part of each side by side
   */
  Operand<TFloat32> output(int column, int group) {
    if (kernels.beforeCentre().isEmpty()) {
      List<Operand<TFloat32>> inputs = tapsBefore(column);
      inputs.addAll(centre(column, group));
      Operand<TFloat32> rest = fromAbove.isEmpty() ? biases.get(group) : fromAbove.get(column);
      return tf.math.add(product(column, inputs, kernels.ofGroups().get(group)), rest);
    }
    if (group == 0) {
      Operand<TFloat32> product = product(column, tapsBefore(column), kernels.beforeCentre().get());
      Operand<TFloat32> all =
          fromAbove.isEmpty() ? product : tf.math.add(product, fromAbove.get(column));
      fromBefore =
          new ArrayList<>(tf.split(tf.constant(1), all, (long) features.channels()).output());
    }
    Operand<TFloat32> before =
        fromAbove.isEmpty()
            ? tf.math.add(fromBefore.get(group), biases.get(group))
            : fromBefore.get(group);
    List<Operand<TFloat32>> centre = centre(column, group);
    return centre.isEmpty()
        ? before
        : tf.math.add(
            before, tf.linalg.matMul(sideBySide(centre, 1), kernels.ofGroups().get(group)));
  }

  /** What a pixel sees before its centre that the rows above have not given. */
  private List<Operand<TFloat32>> tapsBefore(int column) {
    List<Operand<TFloat32>> inputs = new ArrayList<>();
    if (taps.rows() > 1) {
      inputs.addAll(
          fromAbove.isEmpty()
              ? above.subList(column, column + 2 * left + 1)
              : above.subList(0, seenBeyond(column)));
    }
    inputs.addAll(seen.subList(column, column + left));
    return inputs;
  }

  private List<Operand<TFloat32>> centre(int column, int group) {
    int groupsSeen = taps.mask().groupsSeen(group);
    return groupsSeen == features.channels()
        ? List.of(seen.get(column + left))
        : groups.subList(0, groupsSeen);
  }

  /** How many pixels of the lane to the right a pixel sees in the row above. */
  private int seenBeyond(int column) {
    return inLanes() ? Math.max(0, column + left + 1 - shift.lanes().columns()) : 0;
  }

  /**
   * The taps' part of the convolution.
   *
   * @param kernel if there is {@link #fromAbove}, it begins with {@code left} taps of the row
   *     above, of which that has had those in this part of it
   */
  private Operand<TFloat32> product(
      int column, List<Operand<TFloat32>> inputs, Operand<TFloat32> kernel) {
    int had = fromAbove.isEmpty() ? 0 : (left - seenBeyond(column)) * features.in();
    Operand<TFloat32> others =
        had == 0
            ? kernel
            : withoutFirst.computeIfAbsent(
                new Rest(kernel, had),
                rest ->
                    tf.slice(
                        kernel, tf.constant(new int[] {had, 0}), tf.constant(new int[] {-1, -1})));
    return tf.linalg.matMul(sideBySide(inputs, 1), others);
  }

  /** A kernel without its first inputs. */
  private record Rest(Operand<TFloat32> kernel, int first) {}

  private Operand<TFloat32> sideBySide(List<Operand<TFloat32>> features, int axis) {
    return features.size() == 1
        ? features.get(0)
        : tf.concat(List.copyOf(features), tf.constant(axis));
  }

  /** After the last pixel: the state for the next turn. */
  List<Operand<TFloat32>> finish() {
    if (state.isEmpty()) {
      return List.of();
    }
    List<Operand<TFloat32>> next = new ArrayList<>();
    next.add(tf.stack(List.copyOf(seen.subList(left, seen.size())), Stack.axis(0L)));
    next.addAll(state.subList(0, taps.rows() - 2));
    if (inLanes()) {
      next.add(lastColumns(state.get(taps.rows() - 2)));
    }
    return next;
  }

  /** Whether this row is one of several, which what lies beside its part of them is part of. */
  private boolean inLanes() {
    return shift.lanes().count() > 1 && !state.isEmpty();
  }

  /** By column: what the rows above give, without what is in the lane to the right. */
  private List<Operand<TFloat32>> fromAbove(Operand<TFloat32> kernel) {
    List<Operand<TFloat32>> rowsAbove = new ArrayList<>();
    for (int k = taps.rows() - 1; k >= 1; k--) {
      Operand<TFloat32> row = rowAbove(k, shift.missing());
      rowsAbove.add(
          k == 1 && inLanes() ? ZeroPadding.padRow(tf, row, 0, left, tf.constant(0)) : row);
    }
    // Columns take the place of rows, and images that of columns.
    Operand<TFloat32> x = tf.expandDims(sideBySide(rowsAbove, 2), tf.constant(0));
    Operand<TFloat32> convolved =
        tf.nn.biasAdd(
            tf.nn.conv2d(x, kernel, List.of(1L, 1L, 1L, 1L), "VALID"),
            sideBySide(kernels.biases(), 0));
    Operand<TFloat32> map = tf.squeeze(convolved, Squeeze.axis(List.of(0L)));
    return pixels(inLanes() ? map : shift.without(map), shift.lanes().columns());
  }

  /**
   * The k-th row above: what is left of this part of it, the part itself, and what is right of it,
   * {@code [left + columns + left, n, in]}; in lanes the nearest one ends with the part. A row was
   * in the lane to the left a turn earlier than in this one, and is in the lane to the right a turn
   * later.
   *
   * @param more so many images with zeros, if there are no lanes, {@code []}
   */
  private Operand<TFloat32> rowAbove(int k, Operand<TInt32> more) {
    Operand<TFloat32> row = state.get(k - 1);
    if (!inLanes()) {
      return ZeroPadding.padRow(tf, row, left, left, more);
    }
    Operand<TFloat32> withLeft = tf.concat(List.of(leftOf(k), row), tf.constant(0));
    if (k == 1) {
      return withLeft;
    }
    Operand<TFloat32> first = columns(state.get(k - 2), 0);
    return tf.concat(List.of(withLeft, shift.ofTheRight(first, 1)), tf.constant(0));
  }

  /** In lanes: what is left of this part of the k-th row above, or of this row if k is 0. */
  private Operand<TFloat32> leftOf(int k) {
    return shift.ofTheLeft(k == taps.rows() - 1 ? state.get(k) : lastColumns(state.get(k)), 1);
  }

  private List<Operand<TFloat32>> leftOfThisRow() {
    if (inLanes()) {
      return pixels(leftOf(0), left);
    }
    return IntStream.range(0, left)
        .<Operand<TFloat32>>mapToObj(c -> shift.nothing(features.in()))
        .toList();
  }

  private Operand<TFloat32> lastColumns(Operand<TFloat32> x) {
    return columns(x, shift.lanes().columns() - left);
  }

  /** As many columns as are seen to the left, or to the right, {@code [left, n, in]}. */
  private Operand<TFloat32> columns(Operand<TFloat32> x, int first) {
    return tf.slice(x, tf.constant(new int[] {first, 0, 0}), tf.constant(new int[] {left, -1, -1}));
  }

  private List<Operand<TFloat32>> pixels(Operand<TFloat32> x, int columns) {
    return new ArrayList<>(tf.unstack(x, (long) columns, Unstack.axis(0L)).output());
  }
}
