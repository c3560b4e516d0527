package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;

/**
 * LSTM cells on their way along a row, one channel group at a time. A group's gates, {@code [n, 4h
 * / C]}, are the group's parts of i, g, f and o side by side.
 */
final class LstmCells {
  private final Ops tf;
  private final int channels;
  private final int h;

  LstmCells(Ops tf, int channels, int h) {
    this.tf = tf;
    this.channels = channels;
    this.h = h;
  }

  /** One group of a cell, {@code [n, h / C]} each. */
  record Cell(Operand<TFloat32> h, Operand<TFloat32> c) {}

  /** The cell equations. */
  Cell cell(Operand<TFloat32> gates, Operand<TFloat32> cPrevious) {
    List<? extends Operand<TFloat32>> parts = tf.split(tf.constant(1), gates, 4L).output();
    Operand<TFloat32> c =
        tf.math.add(
            tf.math.mul(tf.math.sigmoid(parts.get(2)), cPrevious),
            tf.math.mul(tf.math.sigmoid(parts.get(0)), tf.math.tanh(parts.get(1))));
    return new Cell(tf.math.mul(tf.math.sigmoid(parts.get(3)), tf.math.tanh(c)), c);
  }

  /** Weights {@code [..., 4h]} with the gates of each group side by side. */
  Operand<TFloat32> byGroup(Operand<TFloat32> weights) {
    if (channels == 1) {
      return weights;
    }
    int[] order =
        IntStream.range(0, channels)
            .flatMap(
                g ->
                    IntStream.range(0, 4 * h).filter(o -> Mask.groupOf(o, 4 * h, channels, 4) == g))
            .toArray();
    return tf.gather(weights, tf.constant(order), tf.constant(weights.shape().numDimensions() - 1));
  }

  /** The groups of {@code [n, features]}. */
  List<Operand<TFloat32>> groups(Operand<TFloat32> x) {
    return channels == 1
        ? List.of(x)
        : operands(tf.split(tf.constant(1), x, (long) channels).output());
  }

  /** The groups of {@code [n, columns, features]}, pixel by pixel, group by group. */
  List<Operand<TFloat32>> groupsAlong(Operand<TFloat32> row, int columns, int features) {
    Operand<TFloat32> groups =
        tf.reshape(row, tf.constant(new int[] {-1, columns * channels, features / channels}));
    return operands(tf.unstack(groups, (long) columns * channels, Unstack.axis(1L)).output());
  }

  /** The inverse of {@link #groupsAlong}. */
  Operand<TFloat32> row(List<Operand<TFloat32>> groups, int columns, int features) {
    return tf.reshape(
        tf.stack(List.copyOf(groups), Stack.axis(1L)),
        tf.constant(new int[] {-1, columns, features}));
  }

  /** All groups of one pixel, {@code [n, features]}. */
  Operand<TFloat32> pixel(List<Operand<TFloat32>> groups) {
    return channels == 1 ? groups.get(0) : tf.concat(List.copyOf(groups), tf.constant(1));
  }

  private static List<Operand<TFloat32>> operands(List<? extends Operand<TFloat32>> outputs) {
    return new ArrayList<>(outputs);
  }
}
