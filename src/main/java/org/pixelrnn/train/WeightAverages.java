package org.pixelrnn.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pixelrnn.model.Weight;
import org.pixelrnn.model.Weights;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * An exponential average of each weight, {@code average/layer3/convolution/kernel}, for validation
 * and export: after each step {@code a ← d·a + (1 - d)·w}.
 */
final class WeightAverages implements Weights {
  private final Placeholder<TFloat32> decay;
  private final Map<Weight, Output<TFloat32>> averages = new LinkedHashMap<>();

  /**
   * Adds averages that begin as the weights do.
   *
   * @param initial values, of their weights' shapes
   */
  WeightAverages(Ops tf, Map<Weight, Operand<TFloat32>> initial) {
    decay =
        tf.withName("averaging_decay")
            .placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
    initial.forEach(
        (weight, value) ->
            averages.put(weight, Variables.create(tf, nameOf(weight), weight.shape(), value)));
  }

  /** What the average of a weight is called, here and in checkpoints. */
  static String nameOf(Weight weight) {
    return "average/" + weight.name();
  }

  @Override
  public Output<TFloat32> of(Weight weight) {
    return averages.get(weight);
  }

  /** Where a step is told its d, {@code []}. */
  Placeholder<TFloat32> decay() {
    return decay;
  }

  /**
   * The d of a step: less at first, so that what the weights began with is soon forgotten.
   *
   * @param wanted in the long run
   * @param step its number, from 0
   */
  static double decay(double wanted, long step) {
    return Math.min(wanted, (1.0 + step) / (10.0 + step));
  }

  /**
   * Lets the averages follow the weights.
   *
   * @param after what follows the weights' own update
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
