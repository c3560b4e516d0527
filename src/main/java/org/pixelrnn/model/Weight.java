package org.pixelrnn.model;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A trainable tensor of a network: its name, its shape and how it begins. Where its value lives (a
 * variable that is trained, an average, an argument of a graph function) is for {@link Weights} to
 * say.
 *
 * @param name scoped by slashes, {@code layer3/convolution/kernel}; unique in a network
 * @param shape fully known
 * @param initial the initial value
 */
public record Weight(String name, Shape shape, Initial initial) {

  /** Makes the initial value of a weight, {@code [shape]}, from a seed of its own. */
  @FunctionalInterface
  public interface Initial {
    Operand<TFloat32> value(Ops tf, Shape shape, long seed);
  }

  /** A weight that begins at zero: a bias, an initial state. */
  public static Weight zeros(String name, long... shape) {
    return new Weight(
        name, Shape.of(shape), (tf, s, seed) -> tf.fill(tf.constant(s.asArray()), tf.constant(0f)));
  }

  /** A vector that begins as given: a bias. */
  public static Weight vector(String name, float[] values) {
    return new Weight(name, Shape.of(values.length), (tf, s, seed) -> tf.constant(values));
  }

  /**
   * A weight whose entries are drawn from N(0, deviation²), the deviation given for each entry of
   * the last axis: output features of different channel groups see different numbers of inputs.
   *
   * @param deviations {@code [last axis of shape]}
   */
  public static Weight normal(String name, float[] deviations, long... shape) {
    return new Weight(
        name,
        Shape.of(shape),
        (tf, s, seed) ->
            tf.math.mul(
                tf.random.statelessRandomNormal(
                    tf.constant(s.asArray()),
                    tf.constant(new long[] {seed, name.hashCode()}),
                    TFloat32.class),
                tf.constant(deviations)));
  }

  /** The initial value of this weight in a network begun from {@code seed}. */
  public Operand<TFloat32> initialValue(Ops tf, long seed) {
    return initial.value(tf, shape, seed);
  }
}
