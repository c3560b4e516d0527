package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.Floats;
import com.google.common.primitives.Ints;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.Sessions;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.model.graph.Computation;
import org.pixelrnn.model.graph.Computation.Execution;
import org.pixelrnn.model.graph.Precision;
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

  /** The largest relative error of a number that is rounded to bfloat16. */
  private static final double ROUNDING = Math.pow(2, -8);

  private static final BatchParts WHOLE = new BatchParts(1, 1);

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#networkConfigs")
  void lossAndGradientsAreThoseOfTheWhole(ModelConfig config) {
    Map<Integer, float[]> whole = lossesAndGradients(config, WHOLE, SIZES);
    check(config, new BatchParts(2, 1), whole, SIZES);
    // A part must have at least as many images as pieces.
    check(config, new BatchParts(3, 2), whole, 5, 9);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#recurrentConfigs")
  void compiledRecurrencesGiveTheSameLossAndGradients(ModelConfig config) {
    Map<Integer, float[]> whole = lossesAndGradients(config, WHOLE, 5);
    check(config, WHOLE.computed(new Computation(Precision.FLOAT32, Execution.COMPILED)), whole, 5);
  }

  /**
   * bfloat16 has 8 bits of significand, and some twenty roundings in a row add up. The lower
   * quartile of several images counts, because a rounding may switch a ReLU of an image on or off.
   */
  @ParameterizedTest
  @Tag("slow")
  @MethodSource("org.pixelrnn.model.TinyNetworks#networkConfigs")
  void roundedGradientsAreNearTheExactOnes(ModelConfig config) {
    int[] sizes = IntStream.rangeClosed(1, 9).toArray();
    Map<Integer, float[]> exact = lossesAndGradients(config, WHOLE, sizes);
    BatchParts rounding =
        WHOLE.computed(new Computation(Precision.BFLOAT16, Execution.BY_OPERATION));
    Map<Integer, float[]> rounded = lossesAndGradients(config, rounding, sizes);
    assertEquals(1, rounded.get(9)[0] / exact.get(9)[0], 0.01);
    double[] distances =
        Arrays.stream(sizes)
            .mapToDouble(image -> distance(ofImage(exact, image), ofImage(rounded, image)))
            .sorted()
            .toArray();
    double quartile = distances[distances.length / 4];
    assertTrue(quartile < 12 * ROUNDING, "lower quartile of " + Arrays.toString(distances));
    assertTrue(quartile > ROUNDING / 100, "nothing is rounded");
  }

  /** The gradients of one image, from the means over all images before it. */
  private static double[] ofImage(Map<Integer, float[]> means, int image) {
    float[] before = means.getOrDefault(image - 1, new float[means.get(image).length]);
    float[] after = means.get(image);
    return IntStream.range(1, after.length)
        .mapToDouble(i -> (double) image * after[i] - (image - 1.0) * before[i])
        .toArray();
  }

  /** The distance of two vectors, as a share of the length of the first. */
  private static double distance(double[] expected, double[] found) {
    double squares = 0;
    double length = 0;
    for (int i = 0; i < expected.length; i++) {
      squares += Math.pow(found[i] - expected[i], 2);
      length += Math.pow(expected[i], 2);
    }
    return Math.sqrt(squares / length);
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
  @Tag("slow")
  @MethodSource("org.pixelrnn.model.TinyNetworks#networkConfigs")
  void eachImageHasItsLogProbWhateverTheBatch(ModelConfig config) {
    Map<Integer, float[]> whole = logProbs(config, WHOLE);
    for (BatchParts parts : List.of(new BatchParts(2, 1), new BatchParts(4, 2))) {
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
  @Tag("slow")
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
                Sessions::unoptimized,
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
        Sessions::unoptimized,
        sizes);
  }

  private static Map<Integer, float[]> logProbs(ModelConfig config, BatchParts parts) {
    // In a graph that is not optimized, TensorFlow gives a part without images a wrong shape.
    return ofEachSize(
        config,
        (tf, images) -> parts.logProb(tf, new Network(config), TinyNetworks.weights(tf, 5), images),
        Session::new,
        SIZES);
  }

  /** For each batch size, the result of a graph for that many random images. */
  private static Map<Integer, float[]> ofEachSize(
      ModelConfig config,
      BiFunction<Ops, Operand<TUint8>, Operand<TFloat32>> built,
      Function<Graph, Session> opening,
      int... sizes) {
    int[] shape = {config.getHeight(), config.getWidth(), config.getChannels()};
    Map<Integer, float[]> values = new LinkedHashMap<>();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TUint8> all = TinyNetworks.images(tf, ImageShape.of(config), Ints.max(sizes), 1);
      Placeholder<TInt32> size = tf.placeholder(TInt32.class, Placeholder.shape(Shape.scalar()));
      // As in training, TensorFlow does not know the batch size when the graph is built.
      Operand<TUint8> images =
          tf.placeholderWithDefault(
              tf.gather(all, tf.range(tf.constant(0), size, tf.constant(1)), tf.constant(0)),
              Shape.of(-1, shape[0], shape[1], shape[2]));
      Operand<TFloat32> result = built.apply(tf, images);
      try (Session session = opening.apply(graph)) {
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
