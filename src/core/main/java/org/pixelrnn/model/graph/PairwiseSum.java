package org.pixelrnn.model.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TFloat32;

/**
 * A sum of many numbers in an order that the graph fixes. The second half of the numbers is added
 * to the first half until one number is left:
 *
 * <pre>
 *   a   b   c   d   e   f   0   0      padded with zeros to a power of 2
 *   a+e     b+f     c       d
 *   a+e+c           b+f+d
 *   a+e+c+b+f+d
 * </pre>
 *
 * <p>Each runtime has its own order inside a Sum operation, and so its own rounding error. A sum of
 * these additions is the same in every runtime, to the last bit. Its error grows with the logarithm
 * of the number of terms.
 */
public final class PairwiseSum {
  private PairwiseSum() {}

  /**
   * Adds the operations that sum each row.
   *
   * @param x {@code [n, terms]}; the graph must know the number of terms
   * @return {@code [n]}
   */
  public static Operand<TFloat32> of(Ops tf, Operand<TFloat32> x) {
    int terms = Math.toIntExact(x.shape().get(1));
    int padded = 1;
    while (padded < terms) {
      padded *= 2;
    }
    Operand<TFloat32> sums =
        padded == terms ? x : ZeroPadding.pad(tf, x, new int[][] {{0, 0}, {0, padded - terms}});
    for (int left = padded; left > 1; left /= 2) {
      List<Output<TFloat32>> halves = tf.split(tf.constant(1), sums, 2L).output();
      sums = tf.math.add(halves.get(0), halves.get(1));
    }
    return tf.squeeze(sums, Squeeze.axis(List.of(1L)));
  }
}
