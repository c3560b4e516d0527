package org.pixelrnn.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pixelrnn.model.graph.Weight;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Gradients scaled by {@code min(1, clip / ‖g‖)}, where {@code ‖g‖} is the L2 norm of all gradients
 * together.
 *
 * @param norm the norm before scaling, {@code []}
 * @param gradients the scaled gradient of each weight, of the weight's shape. Each of them waits
 *     for all gradients: an optimizer must not update one weight while the gradient of another
 *     weight still reads it
 */
record ClippedGradients(Operand<TFloat32> norm, Map<Weight, Operand<TFloat32>> gradients) {

  /**
   * Adds the norm and the scaling to a graph.
   *
   * @param gradients by weight, each of the weight's shape
   * @param clip the largest norm that is not scaled; 0 scales nothing
   */
  static ClippedGradients of(Ops tf, Map<Weight, Operand<TFloat32>> gradients, double clip) {
    List<Operand<TFloat32>> halfSquares =
        gradients.values().stream().<Operand<TFloat32>>map(g -> tf.nn.l2Loss(g)).toList();
    Operand<TFloat32> norm = tf.math.sqrt(tf.math.mul(tf.constant(2f), tf.math.addN(halfSquares)));
    Operand<TFloat32> limit = tf.constant((float) clip);
    Operand<TFloat32> scale =
        clip == 0 ? tf.constant(1f) : tf.math.div(limit, tf.math.maximum(norm, limit));
    Ops afterAll = tf.withControlDependencies(List.of(tf.identity(norm)));
    Map<Weight, Operand<TFloat32>> scaled = new LinkedHashMap<>();
    gradients.forEach((weight, gradient) -> scaled.put(weight, afterAll.math.mul(gradient, scale)));
    return new ClippedGradients(norm, scaled);
  }
}
