package org.pixelrnn.model;

import com.google.common.collect.Lists;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
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

  /** The groups of {@code [columns, n, features]}, pixel by pixel, group by group. */
  List<Operand<TFloat32>> groupsAlong(Operand<TFloat32> row, int columns) {
    return tf.unstack(row, (long) columns).output().stream()
        .flatMap(pixel -> groups(pixel).stream())
        .toList();
  }

  /** The inverse of {@link #groupsAlong}. */
  Operand<TFloat32> row(List<Operand<TFloat32>> groups) {
    return tf.stack(Lists.partition(groups, channels).stream().map(this::pixel).toList());
  }

  /** All groups of one pixel, {@code [n, features]}. */
  Operand<TFloat32> pixel(List<Operand<TFloat32>> groups) {
    return channels == 1 ? groups.get(0) : tf.concat(List.copyOf(groups), tf.constant(1));
  }

  private static List<Operand<TFloat32>> operands(List<? extends Operand<TFloat32>> outputs) {
    return new ArrayList<>(outputs);
  }
}
