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

/**
 * The loss of a step's whole batch and its gradients, out of what each worker has computed for its
 * share of the batch. Every worker divides by the number of images in the whole batch, so the sums
 * over all workers are those of the batch:
 *
 * <pre>
 *   loss = Σ_i loss_i        g = Σ_i g_i
 * </pre>
 *
 * <p>A step is therefore the same whatever the number of workers, and every worker updates its copy
 * of the weights in the same way.
 *
 * @param loss the mean of {@code -log p(x)} over the batch in nats, {@code []}
 * @param gradients the gradient of the loss with respect to each weight, of the weight's shape
 * @param signals what the workers tell one another besides; empty if there is one worker
 */
record SharedStep(
    Operand<TFloat32> loss, Map<Weight, Operand<TFloat32>> gradients, Optional<Signals> signals) {

  /** The loss comes before the signals. */
  private static final int BEFORE_SIGNALS = 1;

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
   * @param own what this worker's share adds to the loss and to its gradients
   */
  static SharedStep of(Ops tf, WorkerGroup workers, BatchParts.LossAndGradients own) {
    // Without inputs it is ready at once, so it runs at the beginning of the step.
    Operand<TFloat64> begin = tf.timestamp();
    List<Op> computed = new ArrayList<>(own.gradients().values());
    Operand<TFloat64> end = tf.withControlDependencies(computed).timestamp();
    Operand<TFloat32> seconds = tf.dtypes.cast(tf.math.sub(end, begin), TFloat32.class);
    float[] mine = new float[workers.count()];
    mine[workers.index()] = 1;
    Placeholder<TFloat32> wishes =
        tf.withName("wishes")
            .placeholder(TFloat32.class, Placeholder.shape(Shape.of(StopRequest.WISHES)));
    // The loss and the signals travel with the gradients, which saves a round trip.
    Map<Optional<Weight>, Operand<TFloat32>> parts = new LinkedHashMap<>();
    parts.put(
        Optional.empty(),
        tf.concat(
            List.of(
                tf.expandDims(own.loss(), tf.constant(0)),
                wishes,
                tf.math.mul(tf.constant(mine), seconds)),
            tf.constant(0)));
    own.gradients().forEach((weight, gradient) -> parts.put(Optional.of(weight), gradient));
    Shape ofFirst = Shape.of(BEFORE_SIGNALS + StopRequest.WISHES + workers.count());
    Map<Optional<Weight>, Operand<TFloat32>> sums =
        PackedSum.of(tf, workers, parts, key -> key.map(Weight::shape).orElse(ofFirst));
    Operand<TFloat32> first = sums.remove(Optional.<Weight>empty());
    Map<Weight, Operand<TFloat32>> gradients = new LinkedHashMap<>();
    sums.forEach((weight, sum) -> gradients.put(weight.orElseThrow(), sum));
    return new SharedStep(
        tf.gather(first, tf.constant(0), tf.constant(0)),
        gradients,
        Optional.of(
            new Signals(
                wishes,
                tf.slice(
                    first, tf.constant(new int[] {BEFORE_SIGNALS}), tf.constant(new int[] {-1})))));
  }
}
