package org.pixelrnn.model;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * One passage through a network: where its operations go and which values its weights have.
 *
 * @param tf the graph and scope that operations are added to
 * @param weights the weights' values in that graph
 */
public record Pass(Ops tf, Weights weights) {

  /** The same passage inside a named scope. */
  public Pass scope(String name) {
    return new Pass(tf.withSubScope(name), weights);
  }

  /** The value of a weight. */
  public Operand<TFloat32> weight(Weight weight) {
    return weights.of(weight);
  }
}
