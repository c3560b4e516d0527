package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.List;
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
 */
public final class Likelihood {
  private final MapLayout layout;
  private final Optional<List<Operand<TFloat32>>> counted;
  private final Operand<TFloat32> logProb;

  /** Of {@code -Σ_i log softmax(logits_i)[x_i]} over all sub-pixels of a piece, counted or not. */
  private final List<Operand<TFloat32>> gradients;

  /**
   * Adds the operations that compare logits with the levels they predict.
   *
   * @param logits {@code [n, height, width, channels, levels]}
   * @param images level indices, {@code [n, height, width, channels]}
   */
  public static Likelihood of(Ops tf, Operand<TFloat32> logits, Operand<TUint8> images) {
    return new Likelihood(
        tf,
        MapLayout.IMAGES,
        List.of(logits),
        List.of(tf.dtypes.cast(images, TInt32.class)),
        Optional.empty());
  }

  /**
   * In the same way, in any layout, and of some pixels given the others.
   *
   * @param logits piece by piece, {@code [..., channels, levels]}
   * @param images level indices, {@code [..., channels]}
   * @param counted 1 for pixels that are counted and 0 for the others, if there are such, {@code
   *     [..., 1]}
   */
  Likelihood(
      Ops tf,
      MapLayout layout,
      List<Operand<TFloat32>> logits,
      List<Operand<TInt32>> images,
      Optional<List<Operand<TFloat32>>> counted) {
    this.layout = layout;
    this.counted = counted;
    List<Operand<TFloat32>> losses = new ArrayList<>();
    List<Operand<TFloat32>> backprops = new ArrayList<>();
    for (int piece = 0; piece < logits.size(); piece++) {
      long[] shape = logits.get(piece).shape().asArray();
      // The operation's second output is its gradient: softmax minus the target.
      SparseSoftmaxCrossEntropyWithLogits<TFloat32> entropy =
          tf.nn.sparseSoftmaxCrossEntropyWithLogits(
              tf.reshape(logits.get(piece), tf.constant(new long[] {-1, shape[shape.length - 1]})),
              tf.reshape(images.get(piece), tf.constant(new int[] {-1})));
      Operand<TFloat32> each =
          tf.reshape(entropy.loss(), tf.constant(images.get(piece).shape().asArray()));
      losses.add(counted.isPresent() ? tf.math.mul(each, counted.get().get(piece)) : each);
      backprops.add(tf.reshape(entropy.backprop(), tf.constant(shape)));
    }
    this.logProb = tf.math.neg(layout.sumOfEachImage(tf, losses));
    this.gradients = List.copyOf(backprops);
  }

  /** {@code log p(x)} in nats, {@code [n]}. */
  public Operand<TFloat32> logProb() {
    return logProb;
  }

  /**
   * The gradient of {@code -Σ_n w_n log p(x_n)} with respect to the logits, piece by piece and of
   * their shapes.
   *
   * @param weights w, {@code [n]}
   */
  public List<Operand<TFloat32>> logitsGradients(Ops tf, Operand<TFloat32> weights) {
    Operand<TFloat32> ofImages = layout.ofImages(tf, weights);
    List<Operand<TFloat32>> weighted = new ArrayList<>();
    for (int piece = 0; piece < gradients.size(); piece++) {
      Operand<TFloat32> ofPixels =
          counted.isPresent() ? tf.math.mul(ofImages, counted.get().get(piece)) : ofImages;
      weighted.add(tf.math.mul(gradients.get(piece), tf.expandDims(ofPixels, tf.constant(-1))));
    }
    return List.copyOf(weighted);
  }
}
