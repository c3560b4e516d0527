package org.pixelrnn.model.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.model.Sessions;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** A pairwise sum adds every number once, in its fixed order, and is nearly exact. */
class PairwiseSumTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8, 9, 784, 3072})
  void itIsWithinOneFloatStepOfTheExactSum(int terms) {
    float[][] x = logProbs(3, terms);
    float[] sums = sums(x);
    for (int row = 0; row < x.length; row++) {
      double exact = 0;
      for (float term : x[row]) {
        exact += term;
      }
      assertEquals(exact, sums[row], Math.ulp((float) exact), "row " + row);
    }
  }

  /** Other orders round otherwise. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8, 9, 784, 3072})
  void itsOrderIsFixed(int terms) {
    float[][] x = logProbs(3, terms);
    float[] sums = sums(x);
    for (int row = 0; row < x.length; row++) {
      assertEquals(sum(x[row]), sums[row], 0f, "row " + row);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 9})
  void noImagesHaveNoSums(int terms) {
    assertEquals(0, sums(new float[0][terms], terms).length);
  }

  /** The sum in the order that the class promises. */
  private static float sum(float[] x) {
    if (x.length == 1) {
      return x[0];
    }
    int half = Integer.highestOneBit(x.length - 1);
    float[] added = new float[half];
    for (int i = 0; i < half; i++) {
      added[i] = x[i] + (half + i < x.length ? x[half + i] : 0);
    }
    return sum(added);
  }

  private static float[][] logProbs(int n, int terms) {
    Random random = new Random(terms);
    float[][] x = new float[n][terms];
    for (float[] row : x) {
      for (int i = 0; i < terms; i++) {
        row[i] = -20 * random.nextFloat();
      }
    }
    return x;
  }

  private static float[] sums(float[][] x) {
    return sums(x, x[0].length);
  }

  private static float[] sums(float[][] x, int terms) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> input =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, terms)));
      Operand<TFloat32> sums = PairwiseSum.of(tf, input);
      try (Session session = Sessions.unoptimized(graph);
          TFloat32 batch =
              TFloat32.tensorOf(
                  Shape.of(x.length, terms),
                  data -> {
                    if (x.length > 0) {
                      StdArrays.copyTo(x, data);
                    }
                  });
          Result result = session.runner().feed(input, batch).fetch(sums).run()) {
        float[] found = new float[x.length];
        for (int row = 0; row < x.length; row++) {
          found[row] = ((TFloat32) result.get(0)).getFloat(row);
        }
        assertEquals(Shape.of(x.length), result.get(0).shape());
        return found;
      }
    }
  }
}
