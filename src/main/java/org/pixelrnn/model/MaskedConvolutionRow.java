package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pixelrnn.model.MaskedConvolution.Features;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;

/**
 * A {@link MaskedConvolution} on its way along one row, or along each lane's part of one, pixel by
 * pixel and channel group by channel group.
 *
 * <p>The taps in the rows above are one ordinary convolution for all columns; what remains at a
 * pixel is one matrix product of its left neighbours and itself, of the one group's columns. In
 * lanes, those taps of the row above that the lane to the right has drawn at this very turn join
 * that product.
 */
final class MaskedConvolutionRow {
  private final Ops tf;
  private final Mask mask;
  private final int left;
  private final Features features;
  private final LaneShift shift;
  private final Operand<TFloat32> centre;
  private final Optional<Operand<TFloat32>> above;
  private final List<Operand<TFloat32>> biases;
  private final List<Operand<TFloat32>> state;

  /** By group, then column: what the rows above give, bias included; empty if there are none. */
  private final List<List<Operand<TFloat32>>> fromAbove;

  /**
   * By group, if nothing comes from above: the bias for every image, {@code [n, out / C]}. Adding
   * equal shapes is cheaper than a BiasAdd, and is not fused into oneDNN's matrix product, whose
   * overhead at this size is several times the product's time.
   */
  private final Map<Integer, Operand<TFloat32>> biasRows = new HashMap<>();

  private record KernelPart(int leftNeighbours, int ahead, int group) {}

  private final Map<KernelPart, Operand<TFloat32>> kernelParts = new HashMap<>();
  private final List<Operand<TFloat32>> pixels = new ArrayList<>();
  private final List<Operand<TFloat32>> groups = new ArrayList<>();

  /** In lanes: the last columns of the lane to the left, as many as are seen. */
  private final List<Operand<TFloat32>> leftOfLane;

  /** In lanes: the first columns of the lane to the right at this turn. */
  private final List<Operand<TFloat32>> rightOfLane = new ArrayList<>();

  /**
   * @param above the masked kernel's taps in the rows above, {@code [columns, rows - 1, in, out]}
   * @param centre its last row, {@code [columns · in, out]}
   * @param state the inputs of earlier turns, as {@link MaskedConvolution#state}
   */
  MaskedConvolutionRow(
      Ops tf,
      Mask mask,
      int columns,
      Features features,
      Optional<Operand<TFloat32>> above,
      Operand<TFloat32> centre,
      Operand<TFloat32> bias,
      List<Operand<TFloat32>> state,
      LaneShift shift) {
    this.tf = tf;
    this.mask = mask;
    this.left = columns / 2;
    this.features = features;
    this.centre = centre;
    this.above = above;
    this.state = state;
    this.shift = shift;
    this.biases = byGroup(bias, 0);
    this.fromAbove = above.map(kernel -> fromAbove(kernel, bias)).orElse(List.of());
    this.leftOfLane = inLanes() ? leftOfLane() : List.of();
  }

  private boolean inLanes() {
    return shift.lanes().count() > 1 && !state.isEmpty();
  }

  /** Takes in one channel group of the input at the present pixel, {@code [n, in / C]}. */
  void see(Operand<TFloat32> group) {
    groups.add(group);
    if (groups.size() == features.channels()) {
      pixels.add(groups.size() == 1 ? group : tf.concat(List.copyOf(groups), tf.constant(1)));
      groups.clear();
      if (inLanes() && pixels.size() <= left) {
        rightOfLane.add(shift.ofTheRight(shift.begun(pixels.get(pixels.size() - 1)), 0));
      }
    }
  }

  /**
   * One channel group of the output. With mask B the input's same group has been seen by now; with
   * mask A it has not.
   *
   * @return {@code [n, out / C]}; with sections, the group's part of each side by side
   */
  Operand<TFloat32> output(int column, int group) {
    int neighbours = inLanes() ? left : Math.min(left, column);
    int seen = mask.groupsSeen(group);
    List<Operand<TFloat32>> taps = new ArrayList<>();
    for (int c = column - neighbours; c < column; c++) {
      taps.add(c < 0 ? leftOfLane.get(left + c) : pixels.get(c));
    }
    if (seen == features.channels()) {
      taps.add(pixels.get(column));
    } else {
      taps.addAll(groups.subList(0, seen));
    }
    int ahead = inLanes() ? Math.max(0, column + left + 1 - shift.lanes().columns()) : 0;
    taps.addAll(rightOfLane.subList(0, ahead));
    if (taps.isEmpty()) {
      return fromAbove.get(group).get(column);
    }
    Operand<TFloat32> input = taps.size() == 1 ? taps.get(0) : tf.concat(taps, tf.constant(1));
    Operand<TFloat32> kernel =
        kernelParts.computeIfAbsent(new KernelPart(neighbours, ahead, group), this::kernelPart);
    Operand<TFloat32> product = tf.linalg.matMul(input, kernel);
    return tf.math.add(
        product,
        fromAbove.isEmpty()
            ? biasRows.computeIfAbsent(group, g -> tf.broadcastTo(biases.get(g), tf.shape(product)))
            : fromAbove.get(group).get(column));
  }

  /** After the last pixel: the rows that the next row will have above it. */
  List<Operand<TFloat32>> finish() {
    if (state.isEmpty()) {
      return List.of();
    }
    Operand<TFloat32> row = tf.stack(List.copyOf(pixels), Stack.axis(0L));
    if (inLanes()) {
      row = shift.begun(row);
    }
    if (turns() == 1) {
      return List.of(row);
    }
    return List.of(tf.concat(List.of(turns(state.get(0), 1, turns() - 1), row), tf.constant(2)));
  }

  /** Earlier ones, as many as the state holds. */
  private int turns() {
    return (int) state.get(0).shape().get(2) / features.in();
  }

  /** The features of some consecutive turns, {@code [..., count · in]}. */
  private Operand<TFloat32> turns(Operand<TFloat32> x, int first, int count) {
    return tf.slice(
        x,
        tf.constant(new int[] {0, 0, first * features.in()}),
        tf.constant(new int[] {-1, -1, count * features.in()}));
  }

  /** Consecutive columns. */
  private Operand<TFloat32> columns(Operand<TFloat32> x, int first, int count) {
    return tf.slice(
        x, tf.constant(new int[] {first, 0, 0}), tf.constant(new int[] {count, -1, -1}));
  }

  private List<Operand<TFloat32>> leftOfLane() {
    Operand<TFloat32> last = columns(state.get(0), shift.lanes().columns() - left, left);
    Operand<TFloat32> ofTheLeft = shift.ofTheLeft(turns(last, turns() - 1, 1), 1);
    return new ArrayList<>(tf.unstack(ofTheLeft, (long) left, Unstack.axis(0L)).output());
  }

  /** What is known of the rows above, {@code [left + columns + left, n, (rows - 1) · in]}. */
  private Operand<TFloat32> rowsAbove() {
    Operand<TFloat32> x = state.get(0);
    if (!inLanes()) {
      return tf.squeeze(
          ZeroPadding.pad(tf, tf.expandDims(x, tf.constant(0)), left, left, 0),
          Squeeze.axis(List.of(0L)));
    }
    // A row was in this lane one turn later than in the lane to the left, and one turn earlier
    // than in the lane to the right, where the nearest one is only being drawn.
    int rows = turns() - 1;
    int columns = shift.lanes().columns();
    Operand<TFloat32> ofTheLeft = turns(columns(x, columns - left, left), 0, rows);
    Operand<TFloat32> nearest = tf.zerosLike(turns(columns(x, 0, left), rows, 1));
    Operand<TFloat32> ofTheRight =
        rows == 1
            ? nearest
            : tf.concat(
                List.of(shift.ofTheRight(turns(columns(x, 0, left), 2, rows - 1), 1), nearest),
                tf.constant(2));
    return tf.concat(
        List.of(shift.ofTheLeft(ofTheLeft, 1), turns(x, 1, rows), ofTheRight), tf.constant(0));
  }

  /** As a convolution along columns of "images" whose height is the width and whose width is n. */
  private List<List<Operand<TFloat32>>> fromAbove(
      Operand<TFloat32> kernel, Operand<TFloat32> bias) {
    long width = shift.lanes().columns();
    long rowsTimesIn = kernel.shape().get(1) * features.in();
    Operand<TFloat32> padded = tf.expandDims(rowsAbove(), tf.constant(0));
    Operand<TFloat32> whole =
        tf.nn.biasAdd(
            tf.nn.conv2d(
                padded,
                tf.reshape(
                    kernel,
                    tf.constant(new long[] {2L * left + 1, 1, rowsTimesIn, features.out()})),
                List.of(1L, 1L, 1L, 1L),
                "VALID"),
            bias);
    Operand<TFloat32> row = tf.reshape(whole, tf.constant(new long[] {width, -1, features.out()}));
    return byGroup(row, 2).stream()
        .map(part -> List.copyOf(tf.unstack(part, width, Unstack.axis(0L)).output()))
        .map(columns -> columns.stream().<Operand<TFloat32>>map(o -> o).toList())
        .toList();
  }

  /** The rows of the centre's kernel that are seen, and the columns of one group. */
  private Operand<TFloat32> kernelPart(KernelPart part) {
    int seen = mask.groupsSeen(part.group) * (features.in() / features.channels());
    int first = (left - part.leftNeighbours) * features.in();
    Operand<TFloat32> rows =
        tf.slice(
            centre,
            tf.constant(new int[] {first, 0}),
            tf.constant(new int[] {part.leftNeighbours * features.in() + seen, features.out()}));
    if (part.ahead > 0) {
      Operand<TFloat32> nearestRow =
          tf.slice(
              above.orElseThrow(),
              tf.constant(
                  new int[] {
                    2 * left + 1 - part.ahead, (int) above.get().shape().get(1) - 1, 0, 0
                  }),
              tf.constant(new int[] {part.ahead, 1, features.in(), features.out()}));
      Operand<TFloat32> ahead =
          tf.reshape(
              nearestRow, tf.constant(new int[] {part.ahead * features.in(), features.out()}));
      rows = tf.concat(List.of(rows, ahead), tf.constant(0));
    }
    return byGroup(rows, 1).get(part.group);
  }

  private List<Operand<TFloat32>> byGroup(Operand<TFloat32> x, int axis) {
    if (features.channels() == 1) {
      return List.of(x);
    }
    return IntStream.range(0, features.channels())
        .<Operand<TFloat32>>mapToObj(
            g -> tf.gather(x, tf.constant(outputsOf(g)), tf.constant(axis)))
        .toList();
  }

  private int[] outputsOf(int group) {
    return IntStream.range(0, features.out())
        .filter(
            o -> Mask.groupOf(o, features.out(), features.channels(), features.sections()) == group)
        .toArray();
  }
}
