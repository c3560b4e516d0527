package org.pixelrnn.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pixelrnn.model.Weight;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Gradients scaled by {@code min(1, clip / ‖gradient‖)}, the norm being that of all of them
 * together.
 *
 * @param norm before they were scaled, {@code []}
 * @param gradients by weight, of its shape. Each waits for all: an optimizer's update of one weight
 *     must not come before the gradient of another, which reads it
 */
record ClippedGradients(Operand<TFloat32> norm, Map<Weight, Operand<TFloat32>> gradients) {

  /**
   * Adds the norm and the scaling.
   *
   * @param clip 0 for none
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
