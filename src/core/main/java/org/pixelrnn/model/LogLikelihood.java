package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pixelrnn.model.layer.MapLayout;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.nn.SparseSoftmaxCrossEntropyWithLogits;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * The exact log-likelihood of images under their logits (section 2): {@code log p(x) = Σ_i log
 * softmax(logits_i)[x_i]}. The targets are level indices, never one-hot vectors.
 */
public final class LogLikelihood {
  private final MapLayout layout;
  private final Optional<List<Operand<TFloat32>>> counted;
  private final Operand<TFloat32> logProb;

  /**
   * The gradient of {@code -Σ_i log softmax(logits_i)[x_i]} with respect to the logits, piece by
   * piece. The sum goes over all sub-pixels, counted or not.
   */
  private final List<Operand<TFloat32>> gradients;

  /**
   * Adds the operations that compare logits with images.
   *
   * @param logits {@code [n, height, width, channels, levels]}
   * @param images level indices, {@code [n, height, width, channels]}
   */
  static LogLikelihood of(Ops tf, Operand<TFloat32> logits, Operand<TUint8> images) {
    return new LogLikelihood(
        tf,
        MapLayout.IMAGES,
        List.of(logits),
        List.of(tf.dtypes.cast(images, TInt32.class)),
        Optional.empty());
  }

  /**
   * Adds the operations that compare logits with images in any layout. Pixels that are not counted
   * add nothing to the likelihood.
   *
   * @param logits piece by piece, {@code [..., channels, levels]}
   * @param images level indices, piece by piece, {@code [..., channels]}
   * @param counted 1 for pixels that are counted and 0 for the others, piece by piece, {@code [...,
   *     1]}; empty if every pixel is counted
   */
  LogLikelihood(
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
      Operand<TFloat32> loss =
          tf.reshape(entropy.loss(), tf.constant(images.get(piece).shape().asArray()));
      losses.add(counted.isPresent() ? tf.math.mul(loss, counted.get().get(piece)) : loss);
      backprops.add(tf.reshape(entropy.backprop(), tf.constant(shape)));
    }
    this.logProb = tf.math.neg(layout.sumPerImage(tf, losses));
    this.gradients = List.copyOf(backprops);
  }

  /**
   * {@code log p(x)} without a gradient, from operations that every runtime knows.
   *
   * @param logits piece by piece, {@code [..., channels, levels]}
   * @param images level indices, piece by piece, {@code [..., channels]}
   * @param counted as in the constructor
   * @return in nats, {@code [n]}
   */
  static Operand<TFloat32> logProb(
      Ops tf,
      MapLayout layout,
      List<Operand<TFloat32>> logits,
      List<Operand<TInt32>> images,
      Optional<List<Operand<TFloat32>>> counted) {
    List<Operand<TFloat32>> logProbs = new ArrayList<>();
    for (int piece = 0; piece < logits.size(); piece++) {
      long[] shape = logits.get(piece).shape().asArray();
      Operand<TFloat32> all =
          tf.nn.logSoftmax(
              tf.reshape(logits.get(piece), tf.constant(new long[] {-1, shape[shape.length - 1]})));
      Operand<TFloat32> ofLevels =
          tf.gather(
              all,
              tf.reshape(images.get(piece), tf.constant(new int[] {-1, 1})),
              tf.constant(1),
              Gather.batchDims(1L));
      Operand<TFloat32> map =
          tf.reshape(ofLevels, tf.constant(images.get(piece).shape().asArray()));
      logProbs.add(counted.isPresent() ? tf.math.mul(map, counted.get().get(piece)) : map);
    }
    return layout.pairwiseSumPerImage(tf, logProbs);
  }

  /** {@code log p(x)} in nats, {@code [n]}. */
  public Operand<TFloat32> logProb() {
    return logProb;
  }

  /**
   * The gradient of {@code -Σ_n w_n log p(x_n)} with respect to the logits.
   *
   * @param weights w, {@code [n]}
   * @return piece by piece, each of the shape of its logits
   */
  public List<Operand<TFloat32>> logitsGradients(Ops tf, Operand<TFloat32> weights) {
    Operand<TFloat32> perImage = layout.perImage(tf, weights);
    List<Operand<TFloat32>> weighted = new ArrayList<>();
    for (int piece = 0; piece < gradients.size(); piece++) {
      Operand<TFloat32> ofPixels =
          counted.isPresent() ? tf.math.mul(perImage, counted.get().get(piece)) : perImage;
      weighted.add(tf.math.mul(gradients.get(piece), tf.expandDims(ofPixels, tf.constant(-1))));
    }
    return List.copyOf(weighted);
  }
}
