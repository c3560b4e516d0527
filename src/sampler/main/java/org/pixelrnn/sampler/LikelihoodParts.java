package org.pixelrnn.sampler;

import java.util.Map;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.ndarray.buffer.FloatDataBuffer;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * The log-likelihood of images, split into parts: one part for each channel, or one for each pixel.
 * A part is {@code Σ_i log softmax(logits_i)[x_i]} over the sub-pixels i of that channel or pixel,
 * each given all sub-pixels before it. All parts of an image sum to {@code log p(x)}.
 *
 * <p>TensorFlow computes it in a small graph: a batch may have a hundred million logits, too many
 * for one Java thread.
 */
final class LikelihoodParts implements AutoCloseable {
  /** The axes of the likelihoods of sub-pixels, {@code [n, pixels, channels]}. */
  private static final int PIXELS = 1;

  private static final int CHANNELS = 2;

  private final Graph graph;
  private final Session session;
  private final Output<TFloat32> logits;
  private final Output<TUint8> images;
  private final Output<TFloat32> logProb;

  private LikelihoodParts(ImageShape shape, int summedAxis, Graph graph) {
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
                    tf.constant(summedAxis)))
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

  /**
   * Computes a part for each channel.
   *
   * @param images images of the model's shape
   * @return {@code [n, channels]}, in nats
   */
  static float[] byChannel(LoadedModel model, Images images) {
    return compute(model, images, PIXELS, model.shape().channels());
  }

  /**
   * Computes a part for each pixel.
   *
   * @param images images of the model's shape
   * @return {@code [n, height, width]}, in nats
   */
  static float[] byPixel(LoadedModel model, Images images) {
    return compute(model, images, CHANNELS, model.shape().pixels());
  }

  /** Goes through the images in batches, so that memory holds the logits of one batch only. */
  private static float[] compute(
      LoadedModel model, Images images, int summedAxis, int partsOfImage) {
    int n = images.count();
    float[] all = new float[Math.multiplyExact(n, partsOfImage)];
    int batch = LikelihoodBatch.size(model.shape());
    try (LikelihoodParts parts = of(model.shape(), summedAxis)) {
      for (int from = 0; from < n; from += batch) {
        int to = from + Math.min(batch, n - from);
        FloatDataBuffer into =
            DataBuffers.of(all)
                .offset((long) from * partsOfImage)
                .narrow((long) (to - from) * partsOfImage);
        try (TUint8 x = LevelTensors.of(images.slice(from, to))) {
          model.call(
              "logits",
              Map.of("images", x),
              outputs -> parts.compute(outputs.get("logits").orElseThrow(), x, into));
        }
      }
    }
    return all;
  }

  /** Builds the graph for images of a shape. */
  private static LikelihoodParts of(ImageShape shape, int summedAxis) {
    Graph graph = new Graph();
    LikelihoodParts built = null;
    try {
      built = new LikelihoodParts(shape, summedAxis, graph);
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
   * @param into where the parts go, in nats, {@code [n, parts]}
   * @return {@code into}
   */
  private FloatDataBuffer compute(Tensor ofLogits, TUint8 ofImages, FloatDataBuffer into) {
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
