package org.pixelrnn.model.layer;

import com.google.common.math.IntMath;
import java.math.RoundingMode;
import java.util.List;
import java.util.stream.IntStream;
import org.pixelrnn.model.graph.BatchSize;
import org.pixelrnn.model.graph.ZeroPadding;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * Several rows of pixels that are sampled at once. Each row stays a few columns behind the row
 * above it, so that every pixel that it depends on has been sampled.
 *
 * <p>Lane a samples block a of each row: columns {@code a·d … a·d + d - 1}. At turn t, lane a is at
 * row {@code t - a}. So a row enters at lane 0, moves to the next lane each turn, and is complete
 * after {@code count} turns. At turn 2, with 3 lanes of 4 columns:
 *
 * <pre>
 *            lane 0   lane 1   lane 2
 *   row 0    done     done     now
 *   row 1    done     now
 *   row 2    now
 * </pre>
 *
 * <p>All lanes go through their d columns together, so a network works on {@code count · n} pixels
 * at once instead of n. A single lane samples a row at a time.
 *
 * <p>The last lane may reach beyond the right edge of the image. The pixels there are zero, and
 * nothing is sampled from them. So an image of any width has narrow lanes:
 *
 * <pre>
 *   10 columns in 3 lanes of 4     a a a a │ b b b b │ c c 0 0
 * </pre>
 *
 * @param count the number of lanes
 * @param columns d, the number of columns of a lane
 * @param width the number of columns of the image; the last lane has at least one of them
 */
public record Lanes(int count, int columns, int width) {

  /** A single lane, which samples a row at a time. */
  public static Lanes one(int width) {
    return new Lanes(1, width, width);
  }

  /** Lanes of {@code columns} columns, or a single lane if the image is not wider. */
  public static Lanes of(int width, int columns) {
    return columns >= width
        ? one(width)
        : new Lanes(IntMath.divide(width, columns, RoundingMode.CEILING), columns, width);
  }

  /** The number of columns of the last lane that are right of the image. */
  int columnsBeyond() {
    return count * columns - width;
  }

  /** The number of turns until the last row is complete. */
  public int turns(int height) {
    return height + count - 1;
  }

  /**
   * Sorts the pixels of a map by turn and lane.
   *
   * @param x {@code [n, height, width, features]}
   * @return {@code [turns, count · n, d, features]}; where a lane is above or below the image, the
   *     values have no meaning
   */
  public <T extends TType> Operand<T> byTurns(Ops tf, Operand<T> x, int height, int features) {
    int[] blocks =
        IntStream.range(0, turns(height) * count)
            .map(i -> Math.min(Math.max(i / count - i % count, 0), height - 1) * count + i % count)
            .toArray();
    Operand<T> blocksFirst =
        tf.linalg.transpose(
            tf.reshape(
                columnsBeyond() == 0 ? x : ZeroPadding.padRight(tf, x, columnsBeyond()),
                tf.constant(new int[] {-1, height * count, columns * features})),
            tf.constant(new int[] {1, 0, 2}));
    Operand<TInt32> images = tf.math.mul(BatchSize.of(tf, x), tf.constant(count));
    return tf.reshape(
        tf.gather(blocksFirst, tf.constant(blocks), tf.constant(0)),
        sizes(tf, turns(height), images, columns, features));
  }

  /**
   * The inverse of {@link #byTurns}.
   *
   * @param x {@code [turns, count · n, d, features]}
   * @param n the batch size, {@code []}
   * @return {@code [n, height, width, features]}
   */
  public <T extends TType> Operand<T> fromTurns(
      Ops tf, Operand<T> x, int height, int features, Operand<TInt32> n) {
    int[] turnsAndLanes =
        IntStream.range(0, height * count)
            .map(block -> (block / count + block % count) * count + block % count)
            .toArray();
    Operand<T> blocksFirst =
        tf.gather(
            tf.reshape(x, sizes(tf, turns(height) * count, n, columns * features)),
            tf.constant(turnsAndLanes),
            tf.constant(0));
    Operand<T> images =
        tf.reshape(
            tf.linalg.transpose(blocksFirst, tf.constant(new int[] {1, 0, 2})),
            tf.constant(new int[] {-1, height, count * columns, features}));
    return columnsBeyond() == 0
        ? images
        : tf.slice(
            images, tf.constant(new int[4]), tf.constant(new int[] {-1, height, width, features}));
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
