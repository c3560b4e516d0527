package org.pixelrnn.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A trainable tensor of a network: its name, its shape and its initial value. It has no value of
 * its own. A {@link WeightSource} supplies the value in each graph: a trained variable, a moving
 * average, or an argument of a graph function.
 *
 * @param name scoped by slashes, {@code layer3/convolution/kernel}; unique in a network
 * @param shape fully known
 * @param initializer computes the initial value
 */
public record Weight(String name, Shape shape, Initializer initializer) {

  /** Computes the initial value of a weight. */
  @FunctionalInterface
  public interface Initializer {
    /**
     * Adds the operations that compute an initial value.
     *
     * @param shape the shape of the weight
     * @param seed the seed of the network's initial values
     * @return the initial value, of that shape
     */
    Operand<TFloat32> value(Ops tf, Shape shape, long seed);
  }

  /** A weight that is initially zero: a bias or an initial state. */
  public static Weight zeros(String name, long... shape) {
    return new Weight(
        name, Shape.of(shape), (tf, s, seed) -> tf.fill(tf.constant(s.asArray()), tf.constant(0f)));
  }

  /** A vector with the given initial values: a bias, {@code [values.length]}. */
  public static Weight vector(String name, float[] values) {
    return new Weight(name, Shape.of(values.length), (tf, s, seed) -> tf.constant(values));
  }

  /**
   * A weight whose initial values are samples of N(0, deviation²). Each entry of the last axis has
   * its own deviation, because output features of different channel groups have different numbers
   * of inputs.
   *
   * @param deviations one for each entry of the last axis
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

  /**
   * The initial value of this weight, of its shape.
   *
   * @param seed the seed of the network's initial values; the same seed gives the same value
   */
  public Operand<TFloat32> initialValue(Ops tf, long seed) {
    return initializer.value(tf, shape, seed);
  }
}
