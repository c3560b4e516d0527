package org.pixelrnn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Precision;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.graph.WeightSource;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TFloating;

/** The chain rule gives the gradients that finite differences measure. */
class ChainRuleTest {
  /** A large step may cross the kink of a ReLU; in a small step, rounding errors dominate. */
  private static final float[] STEPS = {2e-3f, 1e-3f, 4e-4f};

  /** For each weight tensor, compares the slope of the loss along one random direction. */
  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#networks")
  void gradientsAreTheSlopesOfTheLoss(Network network) {
    ImageShape shape = network.shape();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TUint8> images = TinyNetworks.images(tf, shape, 3, 5);
      WeightSource at = TinyNetworks.weights(tf, 4);
      Placeholder<TFloat32> step =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
      BuildContext context = new BuildContext(tf, at);
      LogitMaps maps = network.logitMaps(context, images, 1);
      LogLikelihood likelihood = maps.likelihood(tf, images);
      Map<Weight, Operand<TFloat32>> gradients =
          context
              .chainRule()
              .gradients(
                  tf,
                  maps.logits(),
                  likelihood.logitsGradients(tf, tf.onesLike(likelihood.logProb())),
                  network.weights());

      List<Operand<TFloat32>> slopes = new ArrayList<>();
      List<Operand<TFloat32>> losses = new ArrayList<>();
      for (Weight weight : network.weights()) {
        Operand<TFloat32> normal =
            tf.random.statelessRandomNormal(
                tf.constant(weight.shape().asArray()),
                tf.constant(new long[] {9, weight.name().hashCode()}),
                TFloat32.class);
        Operand<TFloat32> direction =
            tf.math.mul(normal, tf.math.rsqrt(total(tf, tf.math.square(normal))));
        slopes.add(total(tf, tf.math.mul(gradients.get(weight), direction)));
        Map<Weight, Operand<TFloat32>> moved = new HashMap<>();
        network.weights().forEach(w -> moved.put(w, at.of(w)));
        moved.put(weight, tf.math.add(at.of(weight), tf.math.mul(direction, step)));
        losses.add(network.scores(new BuildContext(tf, moved::get), images).logProb());
      }
      try (Session session = Sessions.unoptimized(graph)) {
        double[] slope = run(session, step, 0, slopes);
        double[] closest = new double[slope.length];
        Arrays.fill(closest, Double.POSITIVE_INFINITY);
        for (float size : STEPS) {
          double[] ahead = run(session, step, size, losses);
          double[] behind = run(session, step, -size, losses);
          for (int i = 0; i < slope.length; i++) {
            double measured = -(ahead[i] - behind[i]) / (2 * size);
            if (Math.abs(measured - slope[i]) < Math.abs(closest[i] - slope[i])) {
              closest[i] = measured;
            }
          }
        }
        for (int i = 0; i < slope.length; i++) {
          assertEquals(
              closest[i],
              slope[i],
              0.02 * (1 + Math.abs(closest[i])),
              network.weights().get(i).name());
        }
      }
    }
  }

  /**
   * The chain rule for {@code y = 2·2·(3w) + 3w}. Each doubling is a scan, and the last term is
   * carried past both scans.
   */
  @Test
  void aCarriedTensorHasAGradientPastSeveralScans() {
    Weight weight = Weight.zeros("w", 1);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> w = tf.constant(new float[] {5});
      BuildContext context = new BuildContext(tf, any -> w);
      Operand<TFloating> x =
          Precision.floating(tf.math.mul(context.weight(weight), tf.constant(3f)));
      Operand<TFloating> past = context.chainRule().carry(tf, List.of(x)).get(0);
      Operand<TFloat32> y =
          Precision.float32(tf, tf.math.add(doubled(context, doubled(context, x)), past));
      Operand<TFloat32> gradient =
          context
              .chainRule()
              .gradients(tf, List.of(y), List.of(tf.onesLike(y)), List.of(weight))
              .get(weight);
      try (Session session = Sessions.unoptimized(graph);
          Result result = session.runner().fetch(gradient).run()) {
        assertEquals(15f, ((TFloat32) result.get(0)).getFloat(0));
      }
    }
  }

  private static Operand<TFloating> doubled(BuildContext context, Operand<TFloating> x) {
    Operand<TFloating> y = context.tf().math.add(x, x);
    context
        .chainRule()
        .call(
            List.of(x),
            List.of(y),
            (tf, gradients) -> List.of(tf.math.add(gradients.get(0), gradients.get(0))));
    return y;
  }

  @Test
  void aWeightWithoutGradientIsNamed() {
    ModelConfig config = TinyNetworks.all().get(0);
    Network network = new Network(config);
    ImageShape shape = network.shape();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TUint8> images =
          tf.placeholder(
              TUint8.class,
              Placeholder.shape(Shape.of(-1, shape.height(), shape.width(), shape.channels())));
      BuildContext context = new BuildContext(tf, TinyNetworks.weights(tf, 1));
      Operand<TFloat32> logits = network.logits(context, images);
      List<Weight> trainable = new ArrayList<>(network.weights());
      trainable.add(Weight.zeros("layer9/forgotten/kernel", 2, 3));
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class,
              () ->
                  context
                      .chainRule()
                      .gradients(tf, List.of(logits), List.of(tf.onesLike(logits)), trainable));
      assertTrue(e.getMessage().contains("layer9/forgotten/kernel"));
    }
  }

  private static Operand<TFloat32> total(Ops tf, Operand<TFloat32> x) {
    return tf.reduceSum(tf.reshape(x, tf.constant(new int[] {-1})), tf.constant(0));
  }

  /** The sum of each tensor, in double precision, as the differences of losses are small. */
  private static double[] run(
      Session session, Placeholder<TFloat32> step, float value, List<Operand<TFloat32>> wanted) {
    Session.Runner runner = session.runner();
    wanted.forEach(runner::fetch);
    try (TFloat32 v = TFloat32.scalarOf(value);
        Result result = runner.feed(step, v).run()) {
      double[] found = new double[wanted.size()];
      for (int i = 0; i < found.length; i++) {
        for (NdArray<Float> scalar : ((TFloat32) result.get(i)).scalars()) {
          found[i] += scalar.getObject();
        }
      }
      return found;
    }
  }
}
