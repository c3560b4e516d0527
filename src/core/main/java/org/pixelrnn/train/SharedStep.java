package org.pixelrnn.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.train.workers.WorkerGroup;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/**
 * The loss of a step's whole batch and its gradients, out of what each worker has computed for its
 * share of the batch. With {@code n_i} images at worker i,
 *
 * <pre>
 *   loss = Σ_i n_i·loss_i / Σ_i n_i        g = Σ_i n_i·g_i / Σ_i n_i
 * </pre>
 *
 * <p>So a step is the same whatever the number of workers, and every worker updates its copy of the
 * weights in the same way.
 *
 * @param loss the mean of {@code -log p(x)} over the batch in nats, {@code []}
 * @param gradients the gradient of the loss with respect to each weight, of the weight's shape
 * @param signals what the workers tell one another besides; empty if there is one worker
 */
record SharedStep(
    Operand<TFloat32> loss, Map<Weight, Operand<TFloat32>> gradients, Optional<Signals> signals) {

  /** The sum begins with two numbers, the loss and the number of images. The signals follow. */
  private static final int BEFORE_SIGNALS = 2;

  /**
   * The messages that the workers exchange with each step.
   *
   * @param wishes what this worker wishes, {@link StopRequest#wishes}
   * @param summed {@code [WISHES + workers]}: the number of workers with each wish, and the seconds
   *     that each worker has computed before it waited for the others
   */
  record Signals(Placeholder<TFloat32> wishes, Operand<TFloat32> summed) {}

  /** Without other workers, the share is the whole batch. */
  static SharedStep alone(BatchParts.LossAndGradients own) {
    return new SharedStep(own.loss(), own.gradients(), Optional.empty());
  }

  /**
   * Adds the sums over all workers.
   *
   * @param own the loss of this worker's share, and its gradients
   * @param images the number of images in this worker's share, {@code []}
   */
  static SharedStep of(
      Ops tf, WorkerGroup workers, BatchParts.LossAndGradients own, Operand<TInt32> images) {
    // Without inputs it is ready at once, so it runs at the beginning of the step.
    Operand<TFloat64> begin = tf.timestamp();
    Operand<TFloat32> n = tf.dtypes.cast(images, TFloat32.class);
    Map<Weight, Operand<TFloat32>> weighted = new LinkedHashMap<>();
    List<Op> computed = new ArrayList<>();
    own.gradients()
        .forEach(
            (weight, gradient) -> {
              weighted.put(weight, tf.math.mul(gradient, n));
              computed.add(gradient);
            });
    Operand<TFloat64> end = tf.withControlDependencies(computed).timestamp();
    Operand<TFloat32> seconds = tf.dtypes.cast(tf.math.sub(end, begin), TFloat32.class);
    float[] mine = new float[workers.count()];
    mine[workers.index()] = 1;
    Placeholder<TFloat32> wishes =
        tf.withName("wishes")
            .placeholder(TFloat32.class, Placeholder.shape(Shape.of(StopRequest.WISHES)));
    Operand<TFloat32> summed =
        workers.sum(
            tf,
            tf.concat(
                List.of(
                    tf.expandDims(tf.math.mul(own.loss(), n), tf.constant(0)),
                    tf.expandDims(n, tf.constant(0)),
                    wishes,
                    tf.math.mul(tf.constant(mine), seconds)),
                tf.constant(0)));
    Operand<TFloat32> all = element(tf, summed, 1);
    Map<Weight, Operand<TFloat32>> gradients = new LinkedHashMap<>();
    PackedSum.of(tf, workers, weighted, Weight::shape)
        .forEach((weight, sum) -> gradients.put(weight, tf.math.div(sum, all)));
    return new SharedStep(
        tf.math.div(element(tf, summed, 0), all),
        gradients,
        Optional.of(
            new Signals(
                wishes,
                tf.slice(
                    summed,
                    tf.constant(new int[] {BEFORE_SIGNALS}),
                    tf.constant(new int[] {-1})))));
  }

  private static Operand<TFloat32> element(Ops tf, Operand<TFloat32> vector, int index) {
    return tf.gather(vector, tf.constant(index), tf.constant(0));
  }
}
