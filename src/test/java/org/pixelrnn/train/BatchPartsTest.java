package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** A batch in parts is the batch. */
class BatchPartsTest {

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#networkConfigs")
  void lossAndGradientsAreThoseOfTheWhole(ModelConfig config) {
    for (int images : new int[] {1, 5}) {
      float[] whole = descent(config, images, new BatchParts(1));
      assertArrayEquals(whole, descent(config, images, new BatchParts(2)), 2e-4f);
      assertArrayEquals(whole, descent(config, images, new BatchParts(4)), 2e-4f);
    }
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#networkConfigs")
  void eachImageHasItsLogProbWhateverTheBatch(ModelConfig config) {
    for (int images : new int[] {1, 2, 5, 9}) {
      float[] whole = logProb(config, images, new BatchParts(1));
      assertEquals(images, whole.length);
      assertArrayEquals(whole, logProb(config, images, new BatchParts(2)), 1e-4f);
      assertArrayEquals(whole, logProb(config, images, new BatchParts(4)), 1e-4f);
    }
  }

  @Test
  void thereAreAsManyPartsAsThreadsButNoneOfFewImages() {
    assertEquals(new BatchParts(1), BatchParts.of(16, 1));
    assertEquals(new BatchParts(2), BatchParts.of(16, 2));
    assertEquals(new BatchParts(4), BatchParts.of(16, 16));
    assertEquals(new BatchParts(2), BatchParts.of(8, 16));
    assertEquals(new BatchParts(1), BatchParts.of(3, 16));
  }

  @Test
  void operationsShareWhatThreadsThePartsLeave() {
    assertEquals(1, new BatchParts(2).threadsOfOperation(2));
    assertEquals(4, new BatchParts(4).threadsOfOperation(16));
    assertEquals(1, new BatchParts(4).threadsOfOperation(3));
  }

  /** The loss, then all gradients. */
  private static float[] descent(ModelConfig config, int images, BatchParts parts) {
    Network network = new Network(config);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      BatchParts.Descent descent =
          parts.descent(tf, network, TinyNetworks.weights(tf, 5), images(tf, config, images));
      List<Operand<TFloat32>> all = new ArrayList<>(List.of(descent.loss()));
      network.weights().forEach(weight -> all.add(descent.gradients().get(weight)));
      List<Operand<TFloat32>> flat = new ArrayList<>();
      all.forEach(x -> flat.add(tf.reshape(x, tf.constant(new int[] {-1}))));
      return value(graph, tf.concat(flat, tf.constant(0)));
    }
  }

  private static float[] logProb(ModelConfig config, int images, BatchParts parts) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      return value(
          graph,
          parts.logProb(
              tf, ImageModel.of(config), TinyNetworks.weights(tf, 5), images(tf, config, images)));
    }
  }

  /** The first so many of some random images. */
  private static Operand<TUint8> images(Ops tf, ModelConfig config, int count) {
    int[] shape = {9, config.getHeight(), config.getWidth(), config.getChannels()};
    Operand<TUint8> all =
        tf.dtypes.cast(
            tf.random.statelessRandomUniformInt(
                tf.constant(shape),
                tf.constant(new long[] {1, 2}),
                tf.constant(0),
                tf.constant(config.getLevels())),
            TUint8.class);
    // As in training, TensorFlow does not know how many there are.
    return tf.placeholderWithDefault(
        tf.slice(all, tf.constant(new int[4]), tf.constant(new int[] {count, -1, -1, -1})),
        Shape.of(-1, shape[1], shape[2], shape[3]));
  }

  private static float[] value(Graph graph, Operand<TFloat32> x) {
    try (Session session = new Session(graph);
        Result result = session.runner().fetch(x).run()) {
      TFloat32 value = (TFloat32) result.get(0);
      float[] values = new float[(int) value.size()];
      value.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }
}
