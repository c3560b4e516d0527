package org.pixelrnn.model.scan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pixelrnn.model.graph.BatchSize;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * Operations on flat maps: maps {@code [pixels, batch, features]} as matrices {@code [pixels ·
 * batch, features]}, in which each pixel is {@code batch} consecutive rows. A range of pixels is a
 * range of rows, which TensorFlow cuts out without copying.
 */
final class PixelRows {
  private static final int ALL = -1;

  private final Ops tf;
  private final Operand<TInt32> batch;
  private final Operand<TInt32> rowAxis;
  private final Operand<TInt32> featureAxis;

  /** The number 0, {@code []}. */
  private final Operand<TFloating> zero;

  /** {@code [rows, 0]} for each number of pixels from 0 to the longest range. */
  private final Operand<TInt32> ranges;

  private final int longest;
  private final Map<Integer, List<? extends Operand<TInt32>>> rangesByFeatures = new HashMap<>();

  /**
   * Adds the sizes of all ranges to the graph once.
   *
   * @param like any map {@code [pixels, batch, features]} of the batch
   * @param zero the number 0, {@code []}
   * @param longest the number of pixels of the longest range that will be cut out
   */
  PixelRows(Ops tf, Operand<TFloating> like, Operand<TFloating> zero, int longest) {
    this.tf = tf;
    this.zero = zero;
    this.rowAxis = tf.constant(0);
    this.featureAxis = tf.constant(1);
    this.batch = BatchSize.of(tf, like, 1);
    int[][] pixels = new int[longest + 1][2];
    for (int i = 0; i <= longest; i++) {
      pixels[i][0] = i;
    }
    this.ranges = tf.math.mul(tf.constant(pixels), batch);
    this.longest = longest;
  }

  /** A map as a flat map, {@code [pixels · batch, features]}. */
  Operand<TFloating> flat(Operand<TFloating> map, int features) {
    return tf.reshape(map, tf.constant(new int[] {-1, features}));
  }

  /** A flat map as a map, {@code [pixels, batch, features]}. */
  Operand<TFloating> map(Operand<TFloating> flat, int pixels, int features) {
    return tf.reshape(flat, tf.constant(new int[] {pixels, -1, features}));
  }

  /**
   * Splits a flat map into consecutive ranges.
   *
   * @param pixels the number of pixels of each range
   */
  List<? extends Operand<TFloating>> split(Operand<TFloating> flat, int... pixels) {
    if (pixels.length == 1) {
      return List.of(flat);
    }
    return tf.splitV(flat, tf.math.mul(tf.constant(pixels), batch), rowAxis, (long) pixels.length)
        .output();
  }

  /**
   * Splits a flat map that is given in pieces into consecutive ranges.
   *
   * @param sizes the number of pixels of each piece
   * @param pixels the number of pixels of each range; no range crosses the end of a piece
   */
  List<Operand<TFloating>> split(
      List<? extends Operand<TFloating>> pieces, int[] sizes, int... pixels) {
    List<Operand<TFloating>> ranges = new ArrayList<>();
    for (int piece = 0; piece < sizes.length; piece++) {
      int first = ranges.size();
      int[] rangesOfPiece =
          Arrays.copyOfRange(pixels, first, rangeAfter(first, sizes[piece], pixels));
      ranges.addAll(split(pieces.get(piece), rangesOfPiece));
    }
    return ranges;
  }

  /** Joins consecutive ranges. */
  Operand<TFloating> concat(List<? extends Operand<TFloating>> ranges) {
    return ranges.size() == 1 ? ranges.get(0) : tf.concat(List.copyOf(ranges), rowAxis);
  }

  /**
   * Joins consecutive ranges into pieces.
   *
   * @param pixels the number of pixels of each range
   * @param sizes the number of pixels of each piece; no range crosses the end of a piece
   */
  List<Operand<TFloating>> concat(List<Operand<TFloating>> ranges, int[] pixels, int... sizes) {
    List<Operand<TFloating>> pieces = new ArrayList<>();
    int first = 0;
    for (int size : sizes) {
      int next = rangeAfter(first, size, pixels);
      pieces.add(concat(ranges.subList(first, next)));
      first = next;
    }
    return pieces;
  }

  /**
   * The index of the range that follows {@code size} pixels, counted from the range {@code first}.
   */
  private static int rangeAfter(int first, int size, int... pixels) {
    int next = first;
    for (int covered = 0; covered < size; next++) {
      covered += pixels[next];
    }
    return next;
  }

  /** Joins the features of the same pixels, {@code [pixels · batch, sum of features]}. */
  Operand<TFloating> concatFeatures(List<? extends Operand<TFloating>> flats) {
    return tf.concat(List.copyOf(flats), featureAxis);
  }

  /** Cuts out {@code count} pixels, beginning at pixel {@code from}. */
  Operand<TFloating> range(Operand<TFloating> flat, int from, int count) {
    return range(flat, from, count, 0, ALL);
  }

  /**
   * Cuts out {@code count} pixels, beginning at pixel {@code from}, and of these {@code features}
   * features, beginning at {@code feature}.
   */
  Operand<TFloating> range(
      Operand<TFloating> flat, int from, int count, int feature, int features) {
    return tf.slice(flat, rangesWith(feature).get(from), rangesWith(features).get(count));
  }

  /** For each number of pixels from 0 to the longest range, {@code [rows, features]}. */
  private List<? extends Operand<TInt32>> rangesWith(int features) {
    return rangesByFeatures.computeIfAbsent(
        features,
        f ->
            tf.unstack(tf.math.add(ranges, tf.constant(new int[] {0, f})), (long) longest + 1)
                .output());
  }

  /** A flat map of {@code count} pixels that all have the same value, {@code [features]}. */
  Operand<TFloating> broadcast(Operand<TFloating> vector, int count, int features) {
    Operand<TInt32> shape =
        tf.concat(
            List.of(
                tf.math.mul(batch, tf.constant(new int[] {count})),
                tf.constant(new int[] {features})),
            tf.constant(0));
    return tf.broadcastTo(vector, shape);
  }

  /** A flat map of {@code count} pixels that are all zero. */
  Operand<TFloating> zeros(int count, int features) {
    return broadcast(zero, count, features);
  }

  /**
   * Gathers pixels of a flat map.
   *
   * @param pixels the number of pixels of the map
   * @param indices the pixels to gather, in the order of the result
   */
  Operand<TFloating> gather(Operand<TFloating> flat, int pixels, int features, int... indices) {
    return flat(tf.gather(map(flat, pixels, features), tf.constant(indices), rowAxis), features);
  }

  /**
   * Gathers pixels of a flat map into pieces.
   *
   * @param indices for each piece, the pixels to gather
   */
  List<Operand<TFloating>> gather(
      Operand<TFloating> flat, int pixels, int features, List<int[]> indices) {
    return indices.stream().map(piece -> gather(flat, pixels, features, piece)).toList();
  }

  /**
   * Writes the pixels of several flat maps into one.
   *
   * @param places for each map, the place in the result of each of its pixels; together they are
   *     all places of the result
   */
  Operand<TFloating> stitch(List<Operand<TFloating>> flats, int features, List<int[]> places) {
    if (flats.size() == 1) {
      int[] from = inverse(places.get(0));
      return gather(flats.get(0), from.length, features, from);
    }
    List<Operand<TInt32>> indices = new ArrayList<>();
    List<Operand<TFloating>> maps = new ArrayList<>();
    for (int i = 0; i < flats.size(); i++) {
      indices.add(tf.constant(places.get(i)));
      maps.add(map(flats.get(i), places.get(i).length, features));
    }
    return flat(tf.dynamicStitch(indices, maps), features);
  }

  private static int[] inverse(int... places) {
    int[] inverse = new int[places.length];
    for (int i = 0; i < places.length; i++) {
      inverse[places[i]] = i;
    }
    return inverse;
  }

  /**
   * The gradient of a matrix {@code [in, out]} that a flat map was multiplied with.
   *
   * @param flat the flat map, {@code [pixels · batch, in]}
   * @param gradient the gradient of the product, {@code [pixels · batch, out]}
   */
  Operand<TFloating> matrixGradient(Operand<TFloating> flat, Operand<TFloating> gradient) {
    return tf.linalg.matMul(flat, gradient, MatMul.transposeA(true));
  }

  /**
   * The gradient of a bias {@code [features]} that was added to every pixel.
   *
   * @param gradient the gradient of the sum, {@code [pixels · batch, features]}
   */
  Operand<TFloating> biasGradient(Operand<TFloating> gradient) {
    // BiasAddGrad adds bfloat16 numbers up in bfloat16, and loses most of them.
    return TFloat32.class.equals(gradient.type()) ? tf.nn.biasAddGrad(gradient) : sum(gradient);
  }

  /** The sum over all pixels and images, {@code [features]}. */
  Operand<TFloating> sum(Operand<TFloating> flat) {
    return tf.reduceSum(flat, rowAxis);
  }
}
