package org.pixelrnn.model.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pixelrnn.model.graph.Computation.Execution;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * The gradient of a bias is a sum over all pixels of a batch. Added up in bfloat16, ones would stop
 * at 256.
 */
class BiasGradientTest {
  private static final int PIXELS = 8192;

  @ParameterizedTest
  @EnumSource(Precision.class)
  void everyPixelCounts(Precision precision) {
    Weight bias = Weight.zeros("bias", 3);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> zeros = tf.constant(new float[3]);
      BuildContext context =
          new BuildContext(tf, weight -> zeros, new Computation(precision, Execution.BY_OPERATION));
      Operand<TFloating> maps =
          context.rounded(tf.fill(tf.constant(new int[] {8, 32, 32, 3}), tf.constant(1f)));
      Operand<TFloat32> y = Precision.float32(tf, context.plusBias(maps, bias));
      Operand<TFloat32> gradient =
          context
              .chainRule()
              .gradients(tf, List.of(y), List.of(tf.onesLike(y)), List.of(bias))
              .get(bias);
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(gradient).run()) {
        for (int i = 0; i < 3; i++) {
          assertEquals(PIXELS, ((TFloat32) result.get(0)).getFloat(i));
        }
      }
    }
  }
}
