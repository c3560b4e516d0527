package org.pixelrnn.sampler;

import org.pixelrnn.image.ImageShape;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.FloatDataBuffer;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * The log-likelihood of images, split among their channels. The part of channel c is {@code Σ_i log
 * softmax(logits_i)[x_i]} over the sub-pixels i of that channel, each given all sub-pixels before
 * it. The parts of all channels sum to {@code log p(x)}.
 *
 * <p>TensorFlow computes it in a small graph: a batch may have a hundred million logits, too many
 * for one Java thread.
 */
final class ChannelLikelihood implements AutoCloseable {
  private final Graph graph;
  private final Session session;
  private final Output<TFloat32> logits;
  private final Output<TUint8> images;
  private final Output<TFloat32> logProb;

  private ChannelLikelihood(ImageShape shape, Graph graph) {
    this.graph = graph;
    Ops tf = Ops.create(graph);
    logits = tf.withName("logits").placeholder(TFloat32.class).asOutput();
    images =
        tf.withName("images")
            .placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, -1, -1, -1)))
            .asOutput();
    Operand<TFloat32> nats =
        tf.nn
            .sparseSoftmaxCrossEntropyWithLogits(
                reshape(tf.withSubScope("scores"), logits, -1, shape.levels()),
                reshape(tf.withSubScope("labels"), tf.dtypes.cast(images, TInt32.class), -1))
            .loss();
    logProb =
        tf.math
            .neg(
                tf.reduceSum(
                    reshape(tf.withSubScope("nats"), nats, -1, shape.pixels(), shape.channels()),
                    tf.constant(1)))
            .asOutput();
    session = new Session(graph);
  }

  /**
   * Each call has a scope of its own, so that no two nodes have the same name. TensorFlow Java
   * would number these with the digits of the default locale, which TensorFlow refuses if they are
   * not 0 to 9.
   */
  private static <T extends TType> Operand<T> reshape(Ops scope, Operand<T> values, int... sizes) {
    return scope.reshape(values, scope.constant(sizes));
  }

  /** Builds the graph for images of a shape. */
  static ChannelLikelihood of(ImageShape shape) {
    Graph graph = new Graph();
    ChannelLikelihood built = null;
    try {
      built = new ChannelLikelihood(shape, graph);
      return built;
    } finally {
      if (built == null) {
        graph.close();
      }
    }
  }

  /**
   * Computes the parts of each image of a batch.
   *
   * @param ofLogits the logits, {@code [n, height, width, channels, levels]}
   * @param ofImages the images, {@code [n, height, width, channels]}
   * @param into where the parts go, in nats, {@code [n, channels]}
   * @return {@code into}
   */
  FloatDataBuffer compute(Tensor ofLogits, TUint8 ofImages, FloatDataBuffer into) {
    try (Result result =
        session.runner().feed(logits, ofLogits).feed(images, ofImages).fetch(logProb).run()) {
      ((TFloat32) result.get(0)).copyTo(into);
      return into;
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
