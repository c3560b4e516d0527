package org.pixelrnn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.model.SkewedReference.StateToState;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.graph.WeightSource;
import org.pixelrnn.proto.v1.DiagonalBiLstm;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.RowLstm;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** Networks of scans have the values, gradients and losses of the unrolled networks. */
class SkewedReferenceTest {
  private static final int STEPS = 12;
  private static final float RATE = 0.02f;

  static Stream<Arguments> networks() {
    ModelConfig.Builder wide = small(3, 5);
    ModelConfig.Builder tall = small(5, 3);
    return Stream.of(
        Arguments.of(Named.of("Diagonal 3×5", diagonal(wide)), StateToState.CONVOLUTION),
        Arguments.of(Named.of("Diagonal 5×3", diagonal(tall)), StateToState.CONVOLUTION),
        Arguments.of(Named.of("Diagonal 3×5", diagonal(wide)), StateToState.PRODUCT),
        Arguments.of(Named.of("Row 3×5", row(wide)), StateToState.CONVOLUTION));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void valuesAndGradientsAreTheSame(ModelConfig config, StateToState stateToState) {
    Network network = new Network(config);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      WeightSource at = TinyNetworks.weights(tf, 3);
      Map<String, Operand<TFloat32>> byName = new LinkedHashMap<>();
      network.weights().forEach(w -> byName.put(w.name(), at.of(w)));
      Losses losses = Losses.of(tf, graph, network, config, byName, stateToState);
      try (Session session = Sessions.unoptimized(graph)) {
        Session.Runner runner = session.runner().fetch(losses.scanned).fetch(losses.unrolled);
        losses.scannedGradients.forEach(runner::fetch);
        losses.unrolledGradients.forEach(runner::fetch);
        try (Result result = runner.run()) {
          assertEquals(values(result, 1)[0], values(result, 0)[0], 1e-4);
          int count = losses.scannedGradients.size();
          for (int w = 0; w < count; w++) {
            float[] found = values(result, 2 + w);
            float[] expected = values(result, 2 + count + w);
            for (int i = 0; i < expected.length; i++) {
              assertEquals(
                  expected[i],
                  found[i],
                  2e-5 * (1 + Math.abs(expected[i])),
                  network.weights().get(w).name() + " at " + i);
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void trainingStepsHaveTheSameLosses(ModelConfig config, StateToState stateToState) {
    List<Float> scanned = train(config, stateToState, true);
    List<Float> unrolled = train(config, stateToState, false);
    assertTrue(scanned.get(STEPS - 1) < 0.9 * scanned.get(0), "it learns");
    for (int step = 0; step < STEPS; step++) {
      assertEquals(unrolled.get(step), scanned.get(step), 1e-4, "step " + step);
    }
  }

  /** The losses of gradient descent, from the same initial weights. */
  private static List<Float> train(ModelConfig config, StateToState stateToState, boolean scanned) {
    Network network = new Network(config);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Map<String, Operand<TFloat32>> variables = new LinkedHashMap<>();
      for (Weight weight : network.weights()) {
        Variable<TFloat32> variable = tf.variable(weight.shape(), TFloat32.class);
        Ops init = tf.withInitScope();
        init.assign(variable, weight.initialValue(init, 6));
        variables.put(weight.name(), variable);
      }
      Losses losses = Losses.of(tf, graph, network, config, variables, stateToState);
      List<Operand<TFloat32>> gradients =
          scanned ? losses.scannedGradients : losses.unrolledGradients;
      Ops afterAll = tf.withControlDependencies(new ArrayList<Op>(gradients));
      List<Operand<TFloat32>> updates = new ArrayList<>();
      int i = 0;
      for (Operand<TFloat32> variable : variables.values()) {
        updates.add(
            afterAll.train.applyGradientDescent(variable, tf.constant(RATE), gradients.get(i++)));
      }
      List<Float> found = new ArrayList<>();
      try (Session session = Sessions.unoptimized(graph)) {
        session.initialize();
        for (int step = 0; step < STEPS; step++) {
          Session.Runner runner =
              session.runner().fetch(scanned ? losses.scanned : losses.unrolled);
          updates.forEach(runner::addTarget);
          try (Result result = runner.run()) {
            found.add(values(result, 0)[0]);
          }
        }
      }
      return found;
    }
  }

  /** The mean nats of some fixed images and its gradients, by scans and unrolled. */
  private record Losses(
      Operand<TFloat32> scanned,
      List<Operand<TFloat32>> scannedGradients,
      Operand<TFloat32> unrolled,
      List<Operand<TFloat32>> unrolledGradients) {

    static Losses of(
        Ops tf,
        Graph graph,
        Network network,
        ModelConfig config,
        Map<String, ? extends Operand<TFloat32>> weights,
        StateToState stateToState) {
      Operand<TUint8> images = TinyNetworks.images(tf, network.shape(), 4, 8);
      BuildContext context = new BuildContext(tf, weight -> weights.get(weight.name()));
      Operand<TFloat32> logits = network.logits(context, images);
      LogLikelihood likelihood = LogLikelihood.of(tf, logits, images);
      Operand<TFloat32> shares = tf.constant(new float[] {0.25f, 0.25f, 0.25f, 0.25f});
      Map<Weight, Operand<TFloat32>> gradients =
          context
              .chainRule()
              .gradients(
                  tf, List.of(logits), likelihood.logitsGradients(tf, shares), network.weights());

      Operand<TFloat32> referenceLogits =
          new SkewedReference(tf, config, weights, stateToState).logits(images);
      LogLikelihood reference = LogLikelihood.of(tf, referenceLogits, images);
      Output<?>[] xs =
          network.weights().stream()
              .map(w -> weights.get(w.name()).asOutput())
              .toArray(Output<?>[]::new);
      Output<?>[] found =
          graph.addGradients(
              "reference",
              new Output<?>[] {referenceLogits.asOutput()},
              xs,
              new Output<?>[] {reference.logitsGradients(tf, shares).get(0).asOutput()});
      return new Losses(
          mean(tf, likelihood),
          List.copyOf(gradients.values()),
          mean(tf, reference),
          Stream.of(found).<Operand<TFloat32>>map(o -> o.expect(TFloat32.class)).toList());
    }

    private static Operand<TFloat32> mean(Ops tf, LogLikelihood likelihood) {
      return tf.math.neg(tf.math.mean(likelihood.logProb(), tf.constant(0)));
    }
  }

  private static ModelConfig.Builder small(int height, int width) {
    return ModelConfig.newBuilder()
        .setHeight(height)
        .setWidth(width)
        .setLevels(3)
        .setH(4)
        .setLayers(2)
        .setHeadWidth(8);
  }

  private static ModelConfig diagonal(ModelConfig.Builder builder) {
    return builder.clone().setDiagonalBilstm(DiagonalBiLstm.getDefaultInstance()).build();
  }

  private static ModelConfig row(ModelConfig.Builder builder) {
    return builder.clone().setRowLstm(RowLstm.getDefaultInstance()).build();
  }

  private static float[] values(Result result, int index) {
    TFloat32 tensor = (TFloat32) result.get(index);
    float[] values = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }
}
