package org.pixelrnn.model.scan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Maps whose pixels are the outermost axis, {@code [pixels, batch, features]}, taken as matrices of
 * {@code batch} consecutive rows a pixel: a range of pixels is a range of rows, which TensorFlow
 * cuts out without copying.
 */
final class PixelRows {
  private static final int ALL = -1;

  private final Ops tf;
  private final Operand<TInt32> batch;
  private final Operand<TInt32> rowAxis;
  private final Operand<TInt32> featureAxis;

  /** For each number of pixels up to the longest range: {@code [rows, 0]}. */
  private final Operand<TInt32> ranges;

  private final int longest;
  private final Map<Integer, List<? extends Operand<TInt32>>> withFeatures = new HashMap<>();

  /**
   * Prepares the cutting of ranges.
   *
   * @param like any map {@code [pixels, batch, features]}
   * @param longest the longest range that will be cut
   */
  PixelRows(Ops tf, Operand<TFloat32> like, int longest) {
    this.tf = tf;
    this.rowAxis = tf.constant(0);
    this.featureAxis = tf.constant(1);
    this.batch = tf.slice(tf.shape(like), tf.constant(new int[] {1}), tf.constant(new int[] {1}));
    int[][] pixels = new int[longest + 1][2];
    for (int i = 0; i <= longest; i++) {
      pixels[i][0] = i;
    }
    this.ranges = tf.math.mul(tf.constant(pixels), batch);
    this.longest = longest;
  }

  /** As a matrix, {@code [pixels · batch, features]}. */
  Operand<TFloat32> flat(Operand<TFloat32> map, int features) {
    return tf.reshape(map, tf.constant(new int[] {-1, features}));
  }

  /** As a map again, {@code [pixels, batch, features]}. */
  Operand<TFloat32> map(Operand<TFloat32> flat, int pixels, int features) {
    return tf.reshape(flat, tf.constant(new int[] {pixels, -1, features}));
  }

  /** Consecutive ranges of so many pixels each. */
  List<? extends Operand<TFloat32>> split(Operand<TFloat32> flat, int... pixels) {
    if (pixels.length == 1) {
      return List.of(flat);
    }
    return tf.splitV(flat, tf.math.mul(tf.constant(pixels), batch), rowAxis, (long) pixels.length)
        .output();
  }

  /**
   * Consecutive ranges of so many pixels each, of a map in pieces.
   *
   * @param sizes the pixels in each piece; each range is within one
   */
  List<Operand<TFloat32>> split(
      List<? extends Operand<TFloat32>> pieces, int[] sizes, int... pixels) {
    List<Operand<TFloat32>> ranges = new ArrayList<>();
    for (int piece = 0; piece < sizes.length; piece++) {
      int first = ranges.size();
      int[] within = Arrays.copyOfRange(pixels, first, after(first, sizes[piece], pixels));
      ranges.addAll(split(pieces.get(piece), within));
    }
    return ranges;
  }

  /**
   * Ranges one after the other, in pieces.
   *
   * @param pixels of each range
   * @param sizes the pixels in each piece; each range is within one
   */
  List<Operand<TFloat32>> joined(List<Operand<TFloat32>> ranges, int[] pixels, int... sizes) {
    List<Operand<TFloat32>> pieces = new ArrayList<>();
    int first = 0;
    for (int size : sizes) {
      int next = after(first, size, pixels);
      pieces.add(joined(ranges.subList(first, next)));
      first = next;
    }
    return pieces;
  }

  /** The range that follows those which, from the first on, have so many pixels. */
  private static int after(int first, int size, int... pixels) {
    int next = first;
    for (int covered = 0; covered < size; next++) {
      covered += pixels[next];
    }
    return next;
  }

  /** A range of pixels. */
  Operand<TFloat32> range(Operand<TFloat32> flat, int from, int count) {
    return range(flat, from, count, 0, ALL);
  }

  /** Of a range of pixels so many features, from one on. */
  Operand<TFloat32> range(Operand<TFloat32> flat, int from, int count, int feature, int features) {
    return tf.slice(flat, rowsAnd(feature).get(from), rowsAnd(features).get(count));
  }

  /** All pixels but the first ones. */
  Operand<TFloat32> from(Operand<TFloat32> flat, int pixel) {
    return tf.slice(flat, rowsAnd(0).get(pixel), tf.constant(new int[] {ALL, ALL}));
  }

  /** The same vector {@code [features]} in {@code count} pixels. */
  Operand<TFloat32> filled(Operand<TFloat32> vector, int count, int features) {
    Operand<TInt32> shape =
        tf.concat(
            List.of(tf.math.mul(batch, tf.constant(count)), tf.constant(new int[] {features})),
            tf.constant(0));
    return tf.broadcastTo(vector, shape);
  }

  /** Nothing, in {@code count} pixels. */
  Operand<TFloat32> zeros(int count, int features) {
    return filled(tf.constant(0f), count, features);
  }

  /** Some pixels, in the order of {@code indices}, of a map of {@code pixels}. */
  Operand<TFloat32> gathered(Operand<TFloat32> flat, int pixels, int features, int... indices) {
    return flat(tf.gather(map(flat, pixels, features), tf.constant(indices), rowAxis), features);
  }

  /** In the same way, in pieces. */
  List<Operand<TFloat32>> gathered(
      Operand<TFloat32> flat, int pixels, int features, List<int[]> indices) {
    return indices.stream().map(piece -> gathered(flat, pixels, features, piece)).toList();
  }

  /**
   * The pixels of several maps in one.
   *
   * @param places for each map, where in the result its pixels are; together all places
   */
  Operand<TFloat32> stitched(List<Operand<TFloat32>> flats, int features, List<int[]> places) {
    List<Operand<TInt32>> indices = new ArrayList<>();
    List<Operand<TFloat32>> maps = new ArrayList<>();
    for (int i = 0; i < flats.size(); i++) {
      indices.add(tf.constant(places.get(i)));
      maps.add(map(flats.get(i), places.get(i).length, features));
    }
    return flat(tf.dynamicStitch(indices, maps), features);
  }

  /** Ranges one after the other. */
  Operand<TFloat32> joined(List<? extends Operand<TFloat32>> ranges) {
    return ranges.size() == 1 ? ranges.get(0) : tf.concat(List.copyOf(ranges), rowAxis);
  }

  /** The features of the same pixels side by side. */
  Operand<TFloat32> beside(List<? extends Operand<TFloat32>> features) {
    return tf.concat(List.copyOf(features), featureAxis);
  }

  /**
   * The gradient of a matrix that all rows were multiplied with, {@code [in, out]}.
   *
   * @param seen what was multiplied, {@code [pixels · batch, in]}
   * @param gradient of the products, {@code [pixels · batch, out]}
   */
  Operand<TFloat32> matrixGradient(Operand<TFloat32> seen, Operand<TFloat32> gradient) {
    return tf.linalg.matMul(seen, gradient, MatMul.transposeA(true));
  }

  /** For each number of pixels, and so many features, {@code [rows, features]}. */
  private List<? extends Operand<TInt32>> rowsAnd(int features) {
    return withFeatures.computeIfAbsent(
        features,
        f ->
            tf.unstack(tf.math.add(ranges, tf.constant(new int[] {0, f})), (long) longest + 1)
                .output());
  }

  /** The sum over all pixels, {@code [features]}. */
  Operand<TFloat32> sum(Operand<TFloat32> flat) {
    return tf.reduceSum(flat, rowAxis);
  }
}
