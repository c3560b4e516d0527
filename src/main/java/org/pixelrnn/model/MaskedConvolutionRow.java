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
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;

/**
 * A {@link MaskedConvolution} on its way along one row, pixel by pixel and channel group by channel
 * group.
 *
 * <p>The taps in the rows above are one ordinary convolution for the whole row; what remains at a
 * pixel is one matrix product of its left neighbours and itself, of the one group's columns.
 */
final class MaskedConvolutionRow {
  private final Ops tf;
  private final Mask mask;
  private final int left;
  private final Features features;
  private final Operand<TFloat32> centre;
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

  private record KernelPart(int leftNeighbours, int group) {}

  private final Map<KernelPart, Operand<TFloat32>> kernelParts = new HashMap<>();
  private final List<Operand<TFloat32>> pixels = new ArrayList<>();
  private final List<Operand<TFloat32>> groups = new ArrayList<>();

  /**
   * @param above the masked kernel's taps in the rows above, {@code [columns, rows - 1, in, out]}
   * @param centre its last row, {@code [columns · in, out]}
   * @param state the rows above, {@code [width, n, (rows - 1) · in]}, if there are any
   */
  MaskedConvolutionRow(
      Ops tf,
      Mask mask,
      int columns,
      Features features,
      Optional<Operand<TFloat32>> above,
      Operand<TFloat32> centre,
      Operand<TFloat32> bias,
      List<Operand<TFloat32>> state) {
    this.tf = tf;
    this.mask = mask;
    this.left = columns / 2;
    this.features = features;
    this.centre = centre;
    this.state = state;
    this.biases = byGroup(bias, 0);
    this.fromAbove = above.map(kernel -> fromAbove(kernel, bias)).orElse(List.of());
  }

  /** Takes in one channel group of the input at the present pixel, {@code [n, in / C]}. */
  void see(Operand<TFloat32> group) {
    groups.add(group);
    if (groups.size() == features.channels()) {
      pixels.add(groups.size() == 1 ? group : tf.concat(List.copyOf(groups), tf.constant(1)));
      groups.clear();
    }
  }

  /**
   * One channel group of the output. With mask B the input's same group has been seen by now; with
   * mask A it has not.
   *
   * @return {@code [n, out / C]}; with sections, the group's part of each side by side
   */
  Operand<TFloat32> output(int column, int group) {
    int neighbours = Math.min(left, column);
    int seen = mask.groupsSeen(group);
    List<Operand<TFloat32>> taps = new ArrayList<>(pixels.subList(column - neighbours, column));
    if (seen == features.channels()) {
      taps.add(pixels.get(column));
    } else {
      taps.addAll(groups.subList(0, seen));
    }
    if (taps.isEmpty()) {
      return fromAbove.get(group).get(column);
    }
    Operand<TFloat32> input = taps.size() == 1 ? taps.get(0) : tf.concat(taps, tf.constant(1));
    Operand<TFloat32> kernel =
        kernelParts.computeIfAbsent(new KernelPart(neighbours, group), this::kernelPart);
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
    Operand<TFloat32> above = state.get(0);
    Operand<TFloat32> row = tf.stack(List.copyOf(pixels), Stack.axis(0L));
    if (above.shape().get(2) == features.in()) {
      return List.of(row);
    }
    Operand<TFloat32> kept =
        tf.slice(
            above,
            tf.constant(new int[] {0, 0, features.in()}),
            tf.constant(new int[] {-1, -1, -1}));
    return List.of(tf.concat(List.of(kept, row), tf.constant(2)));
  }

  /** As a convolution along columns of "images" whose height is the width and whose width is n. */
  private List<List<Operand<TFloat32>>> fromAbove(
      Operand<TFloat32> kernel, Operand<TFloat32> bias) {
    long width = state.get(0).shape().get(0);
    long rowsTimesIn = state.get(0).shape().get(2);
    Operand<TFloat32> padded =
        ZeroPadding.pad(tf, tf.expandDims(state.get(0), tf.constant(0)), left, left, 0);
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
    return byGroup(rows, 1).get(part.group);
  }

  private List<Operand<TFloat32>> byGroup(Operand<TFloat32> x, int axis) {
    if (features.channels() == 1) {
      return List.of(x);
    }
    return IntStream.range(0, features.channels())
        .<Operand<TFloat32>>mapToObj(
            g -> tf.gather(x, tf.constant(features.outputsOf(g)), tf.constant(axis)))
        .toList();
  }
}
