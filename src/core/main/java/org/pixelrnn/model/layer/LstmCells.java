package org.pixelrnn.model.layer;

import com.google.common.collect.Lists;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The LSTM cells of a row, one channel group of one pixel at a time. Weights store the gates
 * section by section, and here each group needs its own part of every gate. With the groups R, G
 * and B:
 *
 * <pre>
 *   weights    iR iG iB  gR gG gB  fR fG fB  oR oG oB     [..., 4h]
 *   group R    iR gR fR oR                                [n, 4h / C]
 * </pre>
 */
final class LstmCells {
  private final Ops tf;
  private final int channels;
  private final int h;

  /**
   * The number of the axis of features, {@code []}: the last one. One constant serves all pixels.
   */
  private final Operand<TInt32> featuresAxis;

  LstmCells(Ops tf, int channels, int h) {
    this.tf = tf;
    this.channels = channels;
    this.h = h;
    this.featuresAxis = tf.constant(-1);
  }

  /** C, the number of channel groups. */
  int channels() {
    return channels;
  }

  /** The number of features of h and of c. */
  int features() {
    return h;
  }

  /** One channel group of the state of a cell, {@code [..., h / C]} each. */
  record Cell(Operand<TFloat32> h, Operand<TFloat32> c) {}

  /**
   * The cell equations for one channel group.
   *
   * @param gates i, g, f and o of the group before their σ and tanh, {@code [..., 4h / C]}
   * @param cPrevious {@code [..., h / C]}
   */
  Cell cell(Operand<TFloat32> gates, Operand<TFloat32> cPrevious) {
    List<? extends Operand<TFloat32>> parts = tf.split(featuresAxis, gates, 4L).output();
    Operand<TFloat32> c =
        tf.math.add(
            tf.math.mul(tf.math.sigmoid(parts.get(2)), cPrevious),
            tf.math.mul(tf.math.sigmoid(parts.get(0)), tf.math.tanh(parts.get(1))));
    return new Cell(tf.math.mul(tf.math.sigmoid(parts.get(3)), tf.math.tanh(c)), c);
  }

  /** Sorts the last axis of weights, {@code [..., 4h]}, by group: all gates of R, then of G, … */
  Operand<TFloat32> sortByGroup(Operand<TFloat32> weights) {
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

  /** Splits a pixel, {@code [n, features]}, into its groups, {@code [n, features / C]} each. */
  List<Operand<TFloat32>> splitPixel(Operand<TFloat32> pixel) {
    return channels == 1
        ? List.of(pixel)
        : new ArrayList<>(tf.split(featuresAxis, pixel, (long) channels).output());
  }

  /** Splits a row, {@code [columns, n, features]}, into the groups of all pixels, in order. */
  List<Operand<TFloat32>> splitRow(Operand<TFloat32> row) {
    return tf.unstack(row, row.shape().get(0)).output().stream()
        .flatMap(pixel -> splitPixel(pixel).stream())
        .toList();
  }

  /** The inverse of {@link #splitPixel}. */
  Operand<TFloat32> joinPixel(List<Operand<TFloat32>> groups) {
    return channels == 1 ? groups.get(0) : tf.concat(List.copyOf(groups), featuresAxis);
  }

  /** The inverse of {@link #splitRow}. */
  Operand<TFloat32> joinRow(List<Operand<TFloat32>> groups) {
    return tf.stack(Lists.partition(groups, channels).stream().map(this::joinPixel).toList());
  }
}
