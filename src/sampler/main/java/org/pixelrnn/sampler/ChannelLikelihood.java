package org.pixelrnn.sampler;

import org.pixelrnn.image.ImageShape;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * The log-likelihood of images, split among their channels. The part of channel c is {@code Σ_i log
 * softmax(logits_i)[x_i]} over the sub-pixels i of that channel, each given all sub-pixels before
 * it. The parts of all channels sum to {@code log p(x)}.
 *
 * <p>TensorFlow computes it in a small graph: a batch may have a hundred million logits, too many
 * for one Java thread.
 */
final class ChannelLikelihood implements AutoCloseable {
  private final ImageShape shape;
  private final Graph graph = new Graph();
  private final Session session;
  private final Output<TFloat32> logits;
  private final Output<TUint8> images;
  private final Output<TFloat32> logProb;

  /** Builds the graph for images of a shape. */
  ChannelLikelihood(ImageShape shape) {
    this.shape = shape;
    Ops tf = Ops.create(graph);
    logits = tf.placeholder(TFloat32.class).asOutput();
    images = tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, -1, -1, -1))).asOutput();
    Operand<TFloat32> nats =
        tf.nn
            .sparseSoftmaxCrossEntropyWithLogits(
                tf.reshape(logits, tf.constant(new int[] {-1, shape.levels()})),
                tf.reshape(tf.dtypes.cast(images, TInt32.class), tf.constant(new int[] {-1})))
            .loss();
    logProb =
        tf.math
            .neg(
                tf.reduceSum(
                    tf.reshape(nats, tf.constant(new int[] {-1, shape.pixels(), shape.channels()})),
                    tf.constant(1)))
            .asOutput();
    session = new Session(graph);
  }

  /**
   * Computes the parts of each image of a batch.
   *
   * @param ofLogits the logits, {@code [n, height, width, channels, levels]}
   * @param ofImages the images, {@code [n, height, width, channels]}
   * @param into where the parts go, in nats, {@code [images, channels]}
   * @param from the index in {@code into} of the first image of the batch
   */
  void compute(Tensor ofLogits, TUint8 ofImages, float[] into, int from) {
    try (Result result =
        session.runner().feed(logits, ofLogits).feed(images, ofImages).fetch(logProb).run()) {
      TFloat32 parts = (TFloat32) result.get(0);
      parts.copyTo(
          DataBuffers.of(into).offset((long) from * shape.channels()).narrow(parts.size()));
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
