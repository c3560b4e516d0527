package org.pixelrnn.model;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** The values of a network's weights in a graph: the same layers run over any of them. */
@FunctionalInterface
public interface Weights {

  /** The value of one weight, of the weight's shape. */
  Operand<TFloat32> of(Weight weight);

  /** The value of what is made of weights alone; {@code pass} is over these weights. */
  default Operand<TFloat32> prepared(Prepared what, Pass pass) {
    return what.value().apply(pass);
  }
}
