package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pixelrnn.model.MaskedConvolution.Features;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;

/**
 * A {@link MaskedConvolution} on its way along one row, or along each lane's part of one, pixel by
 * pixel and channel group by channel group: one matrix product of all taps that are seen, of the
 * one group's columns; or one for all groups, and of each group what it sees of the centre.
 */
final class MaskedConvolutionRow {
  private final Ops tf;
  private final Mask mask;
  private final int rows;
  private final int left;
  private final Features features;
  private final LaneShift shift;
  private final List<Operand<TFloat32>> state;

  /** For all groups, which are side by side: the taps before the centre, if they are the same. */
  private final Optional<Operand<TFloat32>> beforeCentre;

  /** By group: the taps that are left, up to what the group sees of the centre. */
  private final List<Operand<TFloat32>> kernels;

  /**
   * By group: the bias of every image. Adding equal shapes is cheaper than a BiasAdd, and is not
   * fused into oneDNN's matrix product, whose overhead at this size is several times the product's
   * time.
   */
  private final List<Operand<TFloat32>> biases;

  /** The rows above, the topmost first, each from {@code left} columns before this part of it. */
  private final List<List<Operand<TFloat32>>> above = new ArrayList<>();

  /** This row, from {@code left} columns before this part of it to the present pixel. */
  private final List<Operand<TFloat32>> seen;

  private final List<Operand<TFloat32>> groups = new ArrayList<>();

  /** By group: what {@link #beforeCentre} gives at the present pixel. */
  private List<Operand<TFloat32>> fromBefore = List.of();

  /**
   * @param beforeCentre the taps before the centre, {@code [taps · in, out]}, for several groups
   * @param kernels by group: its columns of the masked kernel, or of what {@code beforeCentre}
   *     leaves of it, {@code [taps seen · in, out / C]}
   * @param biases by group, {@code [out / C]}
   * @param state the inputs of earlier turns, as {@link MaskedConvolution#state}
   */
  MaskedConvolutionRow(
      Ops tf,
      Mask mask,
      int rows,
      int columns,
      Features features,
      Optional<Operand<TFloat32>> beforeCentre,
      List<Operand<TFloat32>> kernels,
      List<Operand<TFloat32>> biases,
      List<Operand<TFloat32>> state,
      LaneShift shift) {
    this.tf = tf;
    this.mask = mask;
    this.rows = rows;
    this.left = columns / 2;
    this.features = features;
    this.state = state;
    this.shift = shift;
    this.beforeCentre = beforeCentre;
    this.kernels = kernels;
    this.biases = biases.stream().map(shift::forAll).toList();
    for (int k = rows - 1; k >= 1; k--) {
      above.add(rowAbove(k));
    }
    this.seen = new ArrayList<>(leftOf(0));
  }

  /** Takes in one channel group of the input at the present pixel, {@code [n, in / C]}. */
  void see(Operand<TFloat32> group) {
    groups.add(group);
    if (groups.size() < features.channels()) {
      return;
    }
    Operand<TFloat32> all = sideBySide(groups);
    groups.clear();
    Operand<TFloat32> pixel = inLanes() ? shift.begun(all, features.in()) : all;
    seen.add(pixel);
    if (inLanes() && seen.size() <= 2 * left) {
      // What is beyond this lane's part of the nearest row above is drawn at this very turn.
      above.get(above.size() - 1).add(shift.ofTheRight(pixel, 0));
    }
  }

  /**
   * One channel group of the output. With mask B the input's same group has been seen by now; with
   * mask A it has not.
   *
   * @return {@code [n, out / C]}; with sections, the group's part of each side by side
   */
  Operand<TFloat32> output(int column, int group) {
    if (beforeCentre.isEmpty()) {
      List<Operand<TFloat32>> taps = tapsBefore(column);
      taps.addAll(centre(column, group));
      return tf.math.add(tf.linalg.matMul(sideBySide(taps), kernels.get(group)), biases.get(group));
    }
    if (group == 0) {
      Operand<TFloat32> product =
          tf.linalg.matMul(sideBySide(tapsBefore(column)), beforeCentre.get());
      fromBefore =
          new ArrayList<>(tf.split(tf.constant(1), product, (long) features.channels()).output());
    }
    Operand<TFloat32> before = tf.math.add(fromBefore.get(group), biases.get(group));
    List<Operand<TFloat32>> centre = centre(column, group);
    return centre.isEmpty()
        ? before
        : tf.math.add(before, tf.linalg.matMul(sideBySide(centre), kernels.get(group)));
  }

  private List<Operand<TFloat32>> tapsBefore(int column) {
    List<Operand<TFloat32>> taps = new ArrayList<>();
    above.forEach(row -> taps.addAll(row.subList(column, column + 2 * left + 1)));
    taps.addAll(seen.subList(column, column + left));
    return taps;
  }

  private List<Operand<TFloat32>> centre(int column, int group) {
    int groupsSeen = mask.groupsSeen(group);
    return groupsSeen == features.channels()
        ? List.of(seen.get(column + left))
        : groups.subList(0, groupsSeen);
  }

  private Operand<TFloat32> sideBySide(List<Operand<TFloat32>> features) {
    return features.size() == 1
        ? features.get(0)
        : tf.concat(List.copyOf(features), tf.constant(1));
  }

  /** After the last pixel: the state for the next turn. */
  List<Operand<TFloat32>> finish() {
    if (state.isEmpty()) {
      return List.of();
    }
    List<Operand<TFloat32>> next = new ArrayList<>();
    next.add(tf.stack(List.copyOf(seen.subList(left, seen.size())), Stack.axis(0L)));
    next.addAll(state.subList(0, rows - 2));
    if (inLanes()) {
      next.add(lastColumns(state.get(rows - 2)));
    }
    return next;
  }

  /** Whether this row is one of several, which what lies beside its part of them is part of. */
  private boolean inLanes() {
    return shift.lanes().count() > 1 && !state.isEmpty();
  }

  /**
   * The k-th row above: what is left of this part of it, the part itself, and what is right of it.
   * It was in the lane to the left a turn earlier than in this one, and is in the lane to the right
   * a turn later.
   */
  private List<Operand<TFloat32>> rowAbove(int k) {
    List<Operand<TFloat32>> row = new ArrayList<>(leftOf(k));
    row.addAll(pixels(state.get(k - 1), shift.lanes().columns()));
    if (!inLanes()) {
      row.addAll(outside());
    } else if (k > 1) {
      Operand<TFloat32> first = columns(state.get(k - 2), 0);
      row.addAll(pixels(shift.ofTheRight(first, 1), left));
    }
    return row;
  }

  /** What is left of this part of the k-th row above, or of this row if k is 0. */
  private List<Operand<TFloat32>> leftOf(int k) {
    if (!inLanes()) {
      return outside();
    }
    Operand<TFloat32> last = k == rows - 1 ? state.get(k) : lastColumns(state.get(k));
    return pixels(shift.ofTheLeft(last, 1), left);
  }

  private List<Operand<TFloat32>> outside() {
    return left == 0
        ? List.of()
        : IntStream.range(0, left).mapToObj(c -> shift.nothing(features.in())).toList();
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
