package org.pixelrnn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelrnn.model.layer.MapLayout;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** The likelihood is exact for logits of any size. */
class LogLikelihoodTest {

  /** One pixel of two levels: {@code log p = -log(1 + exp(other - logit))}. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, -0.6931472",
    "1, 0, -0.3132617",
    "0, 1, -1.3132617",
    "100, 0, 0",
    "0, 100, -100",
    "0, 20000, -20000",
    "-1e30, 1e30, -2e30",
    "1e30, -1e30, 0",
    "3e38, 3e38, -0.6931472"
  })
  void extremeLogitsGiveTheExactLikelihood(float logit, float other, float expected) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> logits = tf.constant(new float[][][][][] {{{{{other, logit}}}}});
      Operand<TInt32> level = tf.constant(new int[][][][] {{{{1}}}});
      Operand<TFloat32> withGradient =
          LogLikelihood.of(tf, logits, tf.dtypes.cast(level, TUint8.class)).logProb();
      Operand<TFloat32> portable =
          LogLikelihood.logProb(
              tf, MapLayout.IMAGES, List.of(logits), List.of(level), Optional.empty());
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(withGradient).fetch(portable).run()) {
        for (int i = 0; i < result.size(); i++) {
          float found = ((TFloat32) result.get(i)).getFloat(0);
          assertEquals(expected, found, 1e-6f * (1 + Math.abs(expected)), "result " + i);
        }
      }
    }
  }
}
