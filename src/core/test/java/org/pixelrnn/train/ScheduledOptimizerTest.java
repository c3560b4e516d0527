package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.proto.v1.Adam;
import org.pixelrnn.proto.v1.RmsProp;
import org.pixelrnn.proto.v1.TrainingConfig;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.framework.optimizers.Optimizer.GradAndVar;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** The updates are those of the configuration's equations, at a rate that changes each step. */
class ScheduledOptimizerTest {
  private static final double[] GRADIENTS = {0.5, -2, 0.1, 3};
  private static final double[] RATES = {0.1, 0.3, 0.05, 0.2};

  /** A weight after each step, from 1. */
  private interface Equations {
    double[] weights();
  }

  static Stream<Arguments> optimizers() {
    TrainingConfig.Builder config = TrainingConfig.newBuilder();
    RmsProp.Builder rmsProp = RmsProp.newBuilder().setDecay(0.8).setMomentum(0.6).setEpsilon(0.01);
    return Stream.of(
        Arguments.of(
            Named.of("RMSProp", config.clone().setRmsProp(rmsProp).build()),
            (Equations) () -> rmsProp(false)),
        Arguments.of(
            Named.of(
                "centred RMSProp",
                config.clone().setRmsProp(rmsProp.clone().setCentered(true)).build()),
            (Equations) () -> rmsProp(true)),
        Arguments.of(
            Named.of(
                "Adam",
                config
                    .clone()
                    .setAdam(Adam.newBuilder().setBeta1(0.7).setBeta2(0.9).setEpsilon(0.01))
                    .build()),
            (Equations) ScheduledOptimizerTest::adam));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void followsItsEquations(TrainingConfig config, Equations equations) {
    double[] expected = equations.weights();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> rate =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
      Placeholder<TFloat32> gradient =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(1)));
      Output<TFloat32> weight =
          ReferenceVariable.create(tf, "a/weight", Shape.of(1), tf.constant(new float[] {1}));
      Op update =
          new ScheduledOptimizer(graph, config, rate)
              .applyGradients(List.of(new GradAndVar<>(gradient.asOutput(), weight)), "update");
      try (Session session = new Session(graph)) {
        session.initialize();
        for (int step = 0; step < RATES.length; step++) {
          try (TFloat32 r = TFloat32.scalarOf((float) RATES[step]);
              TFloat32 g = TFloat32.vectorOf((float) GRADIENTS[step])) {
            session.runner().feed(rate, r).feed(gradient, g).addTarget(update).run().close();
          }
          try (Result result = session.runner().fetch(weight).run()) {
            assertEquals(
                expected[step], ((TFloat32) result.get(0)).getFloat(0), 1e-5, "step " + step);
          }
        }
      }
    }
  }

  private static double[] rmsProp(boolean centred) {
    double[] weights = new double[RATES.length];
    double w = 1;
    double meanSquare = 1;
    double mean = 0;
    double momentum = 0;
    for (int step = 0; step < weights.length; step++) {
      double g = GRADIENTS[step];
      meanSquare = 0.8 * meanSquare + 0.2 * g * g;
      mean = 0.8 * mean + 0.2 * g;
      double variance = centred ? meanSquare - mean * mean : meanSquare;
      momentum = 0.6 * momentum + RATES[step] * g / Math.sqrt(variance + 0.01);
      w -= momentum;
      weights[step] = w;
    }
    return weights;
  }

  private static double[] adam() {
    double[] weights = new double[RATES.length];
    double w = 1;
    double first = 0;
    double second = 0;
    for (int step = 0; step < weights.length; step++) {
      double g = GRADIENTS[step];
      first = 0.7 * first + 0.3 * g;
      second = 0.9 * second + 0.1 * g * g;
      double correction = Math.sqrt(1 - Math.pow(0.9, step + 1)) / (1 - Math.pow(0.7, step + 1));
      w -= RATES[step] * correction * first / (Math.sqrt(second) + 0.01);
      weights[step] = w;
    }
    return weights;
  }
}
