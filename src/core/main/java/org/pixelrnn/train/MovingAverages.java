package org.pixelrnn.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.graph.WeightSource;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * The exponential moving average of each weight, which validation and export use. After each step
 * {@code a ← d·a + (1 - d)·w}, where {@code w} is the weight and {@code d} the {@link #decay}. The
 * average of a weight is a variable, for instance {@code average/layer3/convolution/kernel}.
 */
final class MovingAverages implements WeightSource {
  private final Placeholder<TFloat32> decay;
  private final Map<Weight, Output<TFloat32>> averages = new LinkedHashMap<>();

  /**
   * Adds averages that begin with the weights' initial values.
   *
   * @param initial the initial value of each weight, of the weight's shape
   */
  MovingAverages(Ops tf, Map<Weight, Operand<TFloat32>> initial) {
    decay =
        tf.withName("averaging_decay")
            .placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
    initial.forEach(
        (weight, value) ->
            averages.put(
                weight, ReferenceVariable.create(tf, nameOf(weight), weight.shape(), value)));
  }

  /** The name of a weight's average in the graph and in checkpoints. */
  static String nameOf(Weight weight) {
    return "average/" + weight.name();
  }

  @Override
  public Output<TFloat32> of(Weight weight) {
    return averages.get(weight);
  }

  /** The decay {@code d} of a step, {@code []}, which every step feeds. */
  Placeholder<TFloat32> decay() {
    return decay;
  }

  /**
   * The decay {@code d} of a step: {@code min(wanted, (1 + step) / (10 + step))}. It is small at
   * first, so that the averages soon forget the initial weights.
   *
   * @param wanted the decay of late steps
   * @param step the step, counted from 0
   */
  static double decay(double wanted, long step) {
    return Math.min(wanted, (1.0 + step) / (10.0 + step));
  }

  /**
   * Adds the update of each average.
   *
   * @param after adds operations that run after the update of the weights
   * @param weights the variable of each weight
   */
  List<Op> follow(Ops after, Map<Weight, Output<TFloat32>> weights) {
    Operand<TFloat32> share = after.math.sub(after.constant(1f), decay);
    List<Op> updates = new ArrayList<>();
    averages.forEach(
        (weight, average) ->
            updates.add(
                after.assignAdd(
                    average,
                    after.math.mul(
                        after.math.sub(after.identity(weights.get(weight)), average), share))));
    return updates;
  }
}
