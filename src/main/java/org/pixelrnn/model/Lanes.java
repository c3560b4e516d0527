package org.pixelrnn.model;

import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * Rows of pixels that are drawn beside one another, each a few columns behind the row above it: as
 * soon as all that it sees of that row is there.
 *
 * <p>Lane a draws block a of each row, columns {@code a·d … a·d + d - 1}. At turn t it is at row
 * {@code t - a}, so a row enters at lane 0, moves on by a lane a turn, and is finished after {@code
 * count} turns:
 *
 * <pre>
 *   turn 2, 3 lanes of 4 columns     lane 0   lane 1   lane 2
 *                           row 0    ----     ----     drawn now
 *                           row 1    ----     drawn now
 *                           row 2    drawn now
 * </pre>
 *
 * <p>All lanes go along their d columns together, so that a network works on {@code count · n}
 * pixels at once where it would have n. One lane is a row at a time.
 *
 * @param count lanes
 * @param columns d, of a lane
 */
record Lanes(int count, int columns) {

  /** A row at a time. */
  static Lanes one(int width) {
    return new Lanes(1, width);
  }

  /** The narrowest lanes of at least so many columns that share out the width evenly. */
  static Lanes of(int width, int leastColumns) {
    int columns =
        IntStream.rangeClosed(Math.min(leastColumns, width), width)
            .filter(c -> width % c == 0)
            .findFirst()
            .orElseThrow();
    return new Lanes(width / columns, columns);
  }

  /** After so many turns the last row is through. */
  int turns(int height) {
    return height + count - 1;
  }

  /**
   * Maps in the order of drawing.
   *
   * @param x {@code [n, height, width, features]}
   * @return {@code [turns, count · n, d, features]}; where a lane is above or below the image,
   *     anything
   */
  <T extends TType> Operand<T> byTurns(Ops tf, Operand<T> x, int height, int features) {
    int[] blocks =
        IntStream.range(0, turns(height) * count)
            .map(i -> Math.min(Math.max(i / count - i % count, 0), height - 1) * count + i % count)
            .toArray();
    Operand<T> byBlock =
        tf.linalg.transpose(
            tf.reshape(x, tf.constant(new int[] {-1, height * count, columns * features})),
            tf.constant(new int[] {1, 0, 2}));
    return tf.reshape(
        tf.gather(byBlock, tf.constant(blocks), tf.constant(0)),
        sizes(tf, turns(height), times(tf, count, x), columns, features));
  }

  /**
   * The inverse of {@link #byTurns}.
   *
   * @param n images, {@code []}
   */
  <T extends TType> Operand<T> fromTurns(
      Ops tf, Operand<T> x, int height, int features, Operand<TInt32> n) {
    int[] turnsAndLanes =
        IntStream.range(0, height * count)
            .map(block -> (block / count + block % count) * count + block % count)
            .toArray();
    Operand<T> byBlock =
        tf.gather(
            tf.reshape(x, sizes(tf, turns(height) * count, n, columns * features)),
            tf.constant(turnsAndLanes),
            tf.constant(0));
    return tf.reshape(
        tf.linalg.transpose(byBlock, tf.constant(new int[] {1, 0, 2})),
        tf.constant(new int[] {-1, height, count * columns, features}));
  }

  private static Operand<TInt32> times(Ops tf, int count, Operand<? extends TType> x) {
    Operand<TInt32> n =
        tf.slice(tf.shape(x), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    return tf.reshape(tf.math.mul(n, tf.constant(count)), tf.constant(new int[0]));
  }

  private static Operand<TInt32> sizes(Ops tf, int first, Operand<TInt32> second, int... others) {
    return tf.concat(
        List.of(
            tf.constant(new int[] {first}),
            tf.expandDims(second, tf.constant(0)),
            tf.constant(others)),
        tf.constant(0));
  }
}
