package org.pixelrnn.model;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** The values of a network's weights in a graph: the same layers run over any of them. */
@FunctionalInterface
public interface Weights {

  /** The value of one weight, of the weight's shape. */
  Operand<TFloat32> of(Weight weight);
}
