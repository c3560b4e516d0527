package org.pixelrnn.model.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pixelrnn.model.graph.Precision;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/** Sums over many pixels, which bfloat16 alone could not hold. */
class PixelRowsTest {
  private static final int PIXELS = 1024;
  private static final int BATCH = 8;

  @ParameterizedTest
  @EnumSource(Precision.class)
  void everyPixelCountsInTheGradientOfABias(Precision precision) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloating> like = ones(tf, precision, PIXELS, BATCH, 3);
      PixelRows rows = new PixelRows(tf, like, precision.zero(tf), 1);
      Operand<TFloating> flat = ones(tf, precision, PIXELS * BATCH, 3);
      Operand<TFloat32> gradient = Precision.float32(tf, rows.biasGradient(flat));
      Operand<TFloat32> sum = Precision.float32(tf, rows.sum(flat));
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(gradient).fetch(sum).run()) {
        for (int i = 0; i < 3; i++) {
          assertEquals(PIXELS * BATCH, ((TFloat32) result.get(0)).getFloat(i));
          assertEquals(PIXELS * BATCH, ((TFloat32) result.get(1)).getFloat(i));
        }
      }
    }
  }

  private static Operand<TFloating> ones(Ops tf, Precision precision, int... shape) {
    return precision.of(tf, tf.fill(tf.constant(shape), tf.constant(1f)));
  }
}
