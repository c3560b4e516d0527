package org.pixelrnn.export;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * Checks of inputs as operations of the graph: whatever runtime calls a signature, a wrong input is
 * an error that says what was expected. Without them a temperature of -1 would give images, and NaN
 * black ones.
 *
 * <p>The signatures {@code log_prob}, {@code logits}, {@code start} and {@code next_row_with_noise}
 * are not checked, so that runtimes which do not know {@code Assert} can run them.
 */
final class InputAssertions {
  private final Ops tf;

  InputAssertions(Ops tf) {
    this.tf = tf;
  }

  /** The number of images, at least 0. */
  Operand<TInt32> count(Operand<TInt32> count) {
    return checked(
        count,
        tf.math.greaterEqual(count, tf.constant(0)),
        "count: expected at least 0, but it is",
        count);
  }

  /** A temperature, finite and at least 0. */
  Operand<TFloat32> temperature(Operand<TFloat32> temperature) {
    return checked(
        temperature,
        tf.math.logicalAnd(
            tf.math.greaterEqual(temperature, tf.constant(0f)), tf.math.isFinite(temperature)),
        "temperature: expected a finite number of at least 0, but it is",
        temperature);
  }

  /** The number of a row of images of this height. */
  Operand<TInt32> row(Operand<TInt32> row, int height) {
    return checked(
        row,
        tf.math.logicalAnd(
            tf.math.greaterEqual(row, tf.constant(0)), tf.math.less(row, tf.constant(height))),
        "row: expected 0 to " + (height - 1) + ", but it is",
        row);
  }

  /**
   * The levels of known pixels, below {@code levels}. Those of other pixels do not matter.
   *
   * @param input the name of the input in messages
   * @param images {@code [..., channels]}
   * @param known the shape of {@code images} without its last axis
   */
  Operand<TUint8> levels(String input, Operand<TUint8> images, Operand<TBool> known, int levels) {
    Operand<TInt32> all = tf.dtypes.cast(images, TInt32.class);
    Operand<TInt32> seen =
        tf.math.mul(all, tf.dtypes.cast(tf.expandDims(known, tf.constant(-1)), TInt32.class));
    return belowLevels(input, images, seen, levels);
  }

  /** Levels below {@code levels}. */
  Operand<TUint8> levels(String input, Operand<TUint8> images, int levels) {
    return belowLevels(input, images, tf.dtypes.cast(images, TInt32.class), levels);
  }

  private Operand<TUint8> belowLevels(
      String input, Operand<TUint8> images, Operand<TInt32> seen, int levels) {
    if (levels > 255) {
      // A byte is always such a level.
      return images;
    }
    // The largest of no numbers at all is 0.
    Operand<TInt32> largest =
        tf.reduceMax(
            tf.concat(
                List.of(tf.reshape(seen, tf.constant(new int[] {-1})), tf.constant(new int[] {0})),
                tf.constant(0)),
            tf.constant(0));
    return checked(
        images,
        tf.math.less(largest, tf.constant(levels)),
        input + ": expected levels of 0 to " + (levels - 1) + ", but one is",
        largest);
  }

  private <T extends TType> Operand<T> checked(
      Operand<T> input, Operand<TBool> right, String message, Operand<?> wrong) {
    return tf.withControlDependencies(tf.assertThat(right, List.of(tf.constant(message), wrong)))
        .identity(input);
  }
}
