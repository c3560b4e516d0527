package org.pixelrnn.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The values of a network's weights in one graph. The same layers run with trained variables, with
 * their moving averages, with constants, or with the arguments of a graph function.
 */
@FunctionalInterface
public interface WeightSource {

  /** The value of a weight, of the weight's shape. */
  Operand<TFloat32> of(Weight weight);

  /**
   * The value of a derived weight, of its shape. By default it is computed where it is used.
   *
   * @param context a context that has this source
   */
  default Operand<TFloat32> derived(DerivedWeight weight, BuildContext context) {
    return weight.value().apply(context);
  }
}
