package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.Operations;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.PixelCnn;
import org.pixelrnn.proto.v1.RmsProp;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.proto.v1.TrainingConfig;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;

/** Every weight before and after a step, read from checkpoints. */
class TrainingGraphTest {
  private static final double RATE = 0.01;
  private static final double RMS_DECAY = 0.9;

  @TempDir private Path folder;

  private static TrainingGraph graph(double clip, double averagingDecay) {
    return new TrainingGraph(
        SmallRun.of(
                ModelConfig.newBuilder().setPixelCnn(PixelCnn.getDefaultInstance()),
                TrainingConfig.newBuilder()
                    .setGradientClipNorm(clip)
                    .setAveragingDecay(averagingDecay)
                    .setRmsProp(RmsProp.newBuilder().setDecay(RMS_DECAY).setMomentum(0)))
            .config(),
        Stage.WHOLE,
        1);
  }

  /** The optimizer is missing, which is found when most of the graph is built. */
  @Test
  void aGraphThatCannotBeBuiltLeavesNothing() {
    RunConfig config =
        SmallRun.of(
                ModelConfig.newBuilder().setPixelCnn(PixelCnn.getDefaultInstance()),
                TrainingConfig.newBuilder())
            .config();
    assertThrows(IllegalArgumentException.class, () -> new TrainingGraph(config, Stage.WHOLE, 1));
    System.gc();
    long before = Pointer.totalCount();
    for (int i = 0; i < 3; i++) {
      assertThrows(IllegalArgumentException.class, () -> new TrainingGraph(config, Stage.WHOLE, 1));
    }
    assertEquals(0, Math.max(0, Pointer.totalCount() - before), "native objects are left");
  }

  private static Images batch(TrainingGraph graph) {
    ImageShape shape = graph.network().shape();
    byte[] levels = new byte[3 * shape.dimensions()];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) (i * i / 3 % 2);
    }
    return Images.of(shape, levels);
  }

  @Test
  void averagesFollowTheWeights() throws IOException {
    double wanted = 0.25;
    try (TrainingGraph graph = graph(1, wanted)) {
      Map<String, float[]> average = read(graph, MovingAverages::nameOf);
      for (int step = 0; step < 4; step++) {
        graph.step(batch(graph), step, RATE);
        double decay = Math.min(wanted, (1.0 + step) / (10 + step));
        Map<String, float[]> weights = read(graph, Weight::name);
        Map<String, float[]> found = read(graph, MovingAverages::nameOf);
        for (String name : weights.keySet()) {
          for (int i = 0; i < weights.get(name).length; i++) {
            double expected = decay * average.get(name)[i] + (1 - decay) * weights.get(name)[i];
            assertEquals(expected, found.get(name)[i], 1e-6, name + " after step " + step);
          }
        }
        average = found;
      }
    }
  }

  /**
   * The mean square is 1 at first, so a short gradient g moves the weights by rate · g / √decay.
   */
  @ParameterizedTest
  @ValueSource(doubles = {1e-3, 1e-2, 0})
  void gradientsAreClippedToTheirJointNorm(double clip) throws IOException {
    try (TrainingGraph graph = graph(clip, 0)) {
      Map<String, float[]> before = read(graph, Weight::name);
      double norm = graph.step(batch(graph), 0, RATE).gradientNorm();
      Map<String, float[]> after = read(graph, Weight::name);
      double squares = 0;
      for (String name : before.keySet()) {
        for (int i = 0; i < before.get(name).length; i++) {
          squares += Math.pow(after.get(name)[i] - before.get(name)[i], 2);
        }
      }
      assertTrue(norm > 0.1, "the gradient is long enough to be clipped: " + norm);
      double moved = Math.sqrt(squares) * Math.sqrt(RMS_DECAY) / RATE;
      if (clip > 0) {
        assertEquals(clip, moved, 0.02 * clip);
      } else {
        assertTrue(moved > 0.1, "moved by a gradient of " + moved);
      }
    }
  }

  @ParameterizedTest
  @Tag("slow")
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void targetsAreNeverOneHot(ModelConfig model) {
    for (GraphDef graph : graphs(model)) {
      Set<String> operations = Operations.in(graph);
      assertTrue(operations.contains("SparseSoftmaxCrossEntropyWithLogits"), "the loss is there");
      assertFalse(operations.contains("OneHot"), operations.toString());
    }
  }

  /** A GPU has no kernels for levels, and would need the whole body of the sampling loop. */
  @ParameterizedTest
  @Tag("slow")
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void imagesAreSampledOnTheCpu(ModelConfig model) {
    for (GraphDef graph : graphs(model)) {
      assertEquals(Set.of("/device:CPU:0"), Operations.devicesOfSampling(graph));
    }
  }

  /** The training graph of each stage of a model. */
  private static List<GraphDef> graphs(ModelConfig model) {
    RunConfig config =
        RunConfig.newBuilder()
            .setModel(model)
            .setTraining(TrainingConfig.newBuilder().setRmsProp(RmsProp.getDefaultInstance()))
            .build();
    List<GraphDef> graphs = new ArrayList<>();
    for (Stage stage : Stages.of(model)) {
      try (TrainingGraph graph = new TrainingGraph(config, stage, 1)) {
        graphs.add(graph.definition());
      }
    }
    return graphs;
  }

  @Test
  void stepsLeaveNoNativeObjectBehind() {
    try (TrainingGraph graph = graph(1, 0.9)) {
      work(graph, 1);
      // Objects of earlier tests must not be collected while these calls are counted.
      System.gc();
      long before = Pointer.totalCount();
      work(graph, 50);
      long more = Pointer.totalCount() - before;
      assertTrue(more <= 0, more + " native objects more after 50 rounds");
    }
  }

  private static void work(TrainingGraph graph, int rounds) {
    Images batch = batch(graph);
    for (int i = 0; i < rounds; i++) {
      graph.step(batch, i, RATE);
      graph.logProb(batch);
      graph.sample(batch, i);
    }
  }

  private Map<String, float[]> read(TrainingGraph trained, Function<Weight, String> called)
      throws IOException {
    Path prefix = folder.resolve("variables");
    trained.files().save(prefix);
    Map<String, float[]> values = new HashMap<>();
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      for (Weight weight : trained.network().weights()) {
        var names = tf.constant(NdArrays.vectorOfObjects(called.apply(weight)));
        var restored =
            tf.train.restore(
                tf.constant(prefix.toString()),
                names,
                tf.zerosLike(names),
                java.util.List.of(TFloat32.class));
        try (Result result = session.runner().fetch(restored.tensors().get(0)).run()) {
          float[] value = new float[(int) weight.shape().size()];
          ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(value);
          values.put(weight.name(), value);
        }
      }
    }
    return values;
  }
}
