package org.pixelrnn.model;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.SparseSoftmaxCrossEntropyWithLogits;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * The exact log-likelihood of images under their logits: {@code log p(x) = Σ_i log
 * softmax(logits_i)[x_i]}, without one-hot targets.
 *
 * @param logProb {@code log p(x)} in nats, {@code [n]}
 * @param logitsGradient the gradient of {@code -Σ_n log p(x)} with respect to the logits, of their
 *     shape
 */
public record Likelihood(Operand<TFloat32> logProb, Operand<TFloat32> logitsGradient) {

  /**
   * Adds the operations that compare logits with the levels they predict.
   *
   * @param logits {@code [n, height, width, channels, levels]}
   * @param images level indices, {@code [n, height, width, channels]}
   */
  public static Likelihood of(Ops tf, Operand<TFloat32> logits, Operand<TUint8> images) {
    return of(tf, logits, images, Optional.empty());
  }

  /**
   * In the same way, of some sub-pixels given the others.
   *
   * @param counted {@code [height · width · channels]}, 1 for those that are counted and 0 for the
   *     others
   */
  static Likelihood of(
      Ops tf,
      Operand<TFloat32> logits,
      Operand<TUint8> images,
      Optional<Operand<TFloat32>> counted) {
    long[] shape = logits.shape().asArray();
    long levels = shape[4];
    long dimensions = shape[1] * shape[2] * shape[3];
    // The operation's second output is its gradient: softmax minus the target.
    SparseSoftmaxCrossEntropyWithLogits<TFloat32> entropy =
        tf.nn.sparseSoftmaxCrossEntropyWithLogits(
            tf.reshape(logits, tf.constant(new long[] {-1, levels})),
            tf.reshape(tf.dtypes.cast(images, TInt32.class), tf.constant(new int[] {-1})));
    Operand<TFloat32> each = tf.reshape(entropy.loss(), tf.constant(new long[] {-1, dimensions}));
    Operand<TFloat32> gradient =
        tf.reshape(entropy.backprop(), tf.constant(new long[] {-1, dimensions, levels}));
    if (counted.isPresent()) {
      each = tf.math.mul(each, counted.get());
      gradient = tf.math.mul(gradient, tf.expandDims(counted.get(), tf.constant(1)));
    }
    return new Likelihood(
        tf.math.neg(tf.reduceSum(each, tf.constant(1))), tf.reshape(gradient, tf.constant(shape)));
  }
}
