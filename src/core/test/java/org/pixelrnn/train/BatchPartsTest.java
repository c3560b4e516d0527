package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.primitives.Floats;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.graph.WeightSource;
import org.pixelrnn.proto.v1.DiagonalBiLstm;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.RowLstm;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** A batch in parts gives what the whole batch gives. */
class BatchPartsTest {

  private static final int[] SIZES = {1, 2, 5, 9};
  private static final BatchParts WHOLE = new BatchParts(1, 1);

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#networkConfigs")
  void lossAndGradientsAreThoseOfTheWhole(ModelConfig config) {
    Map<Integer, float[]> whole = lossesAndGradients(config, WHOLE, SIZES);
    check(config, new BatchParts(2, 1), whole, SIZES);
    // A part must have at least as many images as pieces.
    check(config, new BatchParts(1, 2), whole, 2, 5, 9);
    check(config, new BatchParts(3, 2), whole, 5, 9);
  }

  private static void check(
      ModelConfig config, BatchParts parts, Map<Integer, float[]> whole, int... sizes) {
    lossesAndGradients(config, parts, sizes)
        .forEach(
            (size, inParts) -> {
              float[] expected = whole.get(size);
              float largest = Math.max(Floats.max(expected), -Floats.min(expected));
              assertArrayEquals(
                  expected, inParts, 1e-6f * (200 + largest), size + " images, " + parts);
            });
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#networkConfigs")
  void eachImageHasItsLogProbWhateverTheBatch(ModelConfig config) {
    Map<Integer, float[]> whole = logProbs(config, WHOLE);
    for (BatchParts parts :
        List.of(new BatchParts(2, 1), new BatchParts(1, 2), new BatchParts(4, 2))) {
      logProbs(config, parts)
          .forEach(
              (size, inParts) -> {
                assertEquals(size, inParts.length);
                assertArrayEquals(whole.get(size), inParts, 1e-4f, size + " images, " + parts);
              });
    }
  }

  /**
   * If the weights move by {@code a·g}, where g is the gradient, the loss rises by {@code a·‖g‖²}.
   */
  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#networkConfigs")
  void theGradientIsThatOfTheLoss(ModelConfig config) {
    Network network = new Network(config);
    BatchParts parts = new BatchParts(2, 1);
    float[] all = lossesAndGradients(config, parts, 5).get(5);
    double squaredNorm = 0;
    for (int i = 1; i < all.length; i++) {
      squaredNorm += all[i] * all[i];
    }
    float way = (float) (0.01 / Math.sqrt(squaredNorm));
    float[] losses =
        ofEachSize(
                config,
                (tf, images) -> {
                  List<Operand<TFloat32>> both = new ArrayList<>();
                  for (float signed : new float[] {-way, way}) {
                    both.add(
                        parts
                            .lossAndGradients(tf, network, moved(tf, network, all, signed), images)
                            .loss());
                  }
                  return tf.stack(both);
                },
                5)
            .get(5);
    assertEquals(1, (losses[1] - losses[0]) / (2 * way * squaredNorm), 0.1);
  }

  /** Weights that were moved by {@code way} times the gradient. */
  private static WeightSource moved(Ops tf, Network network, float[] lossAndGradient, float way) {
    WeightSource weights = TinyNetworks.weights(tf, 5);
    Map<Weight, Operand<TFloat32>> moved = new HashMap<>();
    int from = 1;
    for (Weight weight : network.weights()) {
      int size = (int) weight.shape().size();
      float[] gradient = Arrays.copyOfRange(lossAndGradient, from, from + size);
      moved.put(
          weight,
          tf.math.add(
              weights.of(weight),
              tf.math.mul(
                  tf.reshape(tf.constant(gradient), tf.constant(weight.shape().asArray())),
                  tf.constant(way))));
      from += size;
    }
    return moved::get;
  }

  @Test
  void thereAreAsManyPartsAsThreadsButNoneOfFewImages() {
    Network network = new Network(config(16).build());
    assertEquals(new BatchParts(1, 1), BatchParts.of(16, 1, network));
    assertEquals(new BatchParts(2, 1), BatchParts.of(16, 2, network));
    assertEquals(new BatchParts(4, 1), BatchParts.of(16, 16, network));
    assertEquals(new BatchParts(2, 1), BatchParts.of(8, 16, network));
    assertEquals(new BatchParts(1, 1), BatchParts.of(3, 16, network));
  }

  @Test
  void mapsAreInAsManyPiecesAsALayerHasRecurrences() {
    Network network =
        new Network(config(16).setDiagonalBilstm(DiagonalBiLstm.getDefaultInstance()).build());
    assertEquals(new BatchParts(1, 1), BatchParts.of(16, 1, network));
    assertEquals(new BatchParts(1, 2), BatchParts.of(16, 2, network));
    assertEquals(new BatchParts(2, 2), BatchParts.of(16, 3, network));
    assertEquals(new BatchParts(4, 2), BatchParts.of(16, 16, network));
    assertEquals(new BatchParts(1, 2), BatchParts.of(2, 16, network));
    assertEquals(new BatchParts(1, 1), BatchParts.of(1, 16, network));
  }

  @Test
  void operationsShareWhatThreadsThePartsLeave() {
    assertEquals(1, new BatchParts(2, 1).threadsOfOperation(2));
    assertEquals(4, new BatchParts(4, 1).threadsOfOperation(16));
    assertEquals(4, new BatchParts(2, 2).threadsOfOperation(16));
    assertEquals(1, new BatchParts(4, 2).threadsOfOperation(3));
  }

  private static ModelConfig.Builder config(int h) {
    return ModelConfig.newBuilder()
        .setHeight(2)
        .setWidth(2)
        .setLayers(1)
        .setH(h)
        .setRowLstm(RowLstm.getDefaultInstance());
  }

  /** For each batch size, the loss and then all gradients. */
  private static Map<Integer, float[]> lossesAndGradients(
      ModelConfig config, BatchParts parts, int... sizes) {
    Network network = new Network(config);
    return ofEachSize(
        config,
        (tf, images) -> {
          BatchParts.LossAndGradients computed =
              parts.lossAndGradients(tf, network, TinyNetworks.weights(tf, 5), images);
          List<Operand<TFloat32>> all = new ArrayList<>(List.of(computed.loss()));
          network.weights().forEach(weight -> all.add(computed.gradients().get(weight)));
          List<Operand<TFloat32>> flat = new ArrayList<>();
          all.forEach(x -> flat.add(tf.reshape(x, tf.constant(new int[] {-1}))));
          return tf.concat(flat, tf.constant(0));
        },
        sizes);
  }

  private static Map<Integer, float[]> logProbs(ModelConfig config, BatchParts parts) {
    return ofEachSize(
        config,
        (tf, images) -> parts.logProb(tf, new Network(config), TinyNetworks.weights(tf, 5), images),
        SIZES);
  }

  /** For each batch size, the result of a graph for that many random images. */
  private static Map<Integer, float[]> ofEachSize(
      ModelConfig config, BiFunction<Ops, Operand<TUint8>, Operand<TFloat32>> built, int... sizes) {
    int[] shape = {9, config.getHeight(), config.getWidth(), config.getChannels()};
    Map<Integer, float[]> values = new LinkedHashMap<>();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TUint8> all = TinyNetworks.images(tf, ImageShape.of(config), 9, 1);
      Placeholder<TInt32> size = tf.placeholder(TInt32.class, Placeholder.shape(Shape.scalar()));
      // As in training, TensorFlow does not know the batch size when the graph is built.
      Operand<TUint8> images =
          tf.placeholderWithDefault(
              tf.gather(all, tf.range(tf.constant(0), size, tf.constant(1)), tf.constant(0)),
              Shape.of(-1, shape[1], shape[2], shape[3]));
      Operand<TFloat32> result = built.apply(tf, images);
      try (Session session = new Session(graph)) {
        for (int batch : sizes) {
          try (TInt32 count = TInt32.scalarOf(batch);
              Result found = session.runner().feed(size, count).fetch(result).run()) {
            TFloat32 value = (TFloat32) found.get(0);
            float[] array = new float[(int) value.size()];
            value.asRawTensor().data().asFloats().read(array);
            values.put(batch, array);
          }
        }
      }
    }
    return values;
  }
}
