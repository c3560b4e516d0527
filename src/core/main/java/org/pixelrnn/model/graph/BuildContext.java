package org.pixelrnn.model.graph;

import com.google.common.base.Splitter;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Everything that a layer needs to add its operations to a graph: the place for the operations, the
 * values of the weights, and the record from which gradients are computed.
 *
 * @param tf the graph and the scope that operations are added to
 * @param weights the values of the weights in that graph
 * @param chainRule the record of what has been built so far
 */
public record BuildContext(Ops tf, WeightSource weights, ChainRule chainRule) {

  /** A context with an empty record. */
  public BuildContext(Ops tf, WeightSource weights) {
    this(tf, weights, new ChainRule());
  }

  /**
   * The same context inside a named scope.
   *
   * @param name one scope, or several separated by slashes, {@code full/layer3}
   */
  public BuildContext scope(String name) {
    Ops inside = tf;
    for (String part : Splitter.on('/').split(name)) {
      inside = inside.withSubScope(part);
    }
    return new BuildContext(inside, weights, chainRule);
  }

  /** The value of a weight, of the weight's shape. */
  public Operand<TFloat32> weight(Weight weight) {
    Operand<TFloat32> value = weights.of(weight);
    chainRule.uses(weight, value);
    return value;
  }

  /** The value of a derived weight, of its shape. */
  public Operand<TFloat32> derived(DerivedWeight weight) {
    return weights.derived(weight, this);
  }

  /**
   * Calls a function that has an adjoint of its own, and records the call.
   *
   * @param inputs the inputs of the function, in order
   * @return the outputs of the function, in order
   */
  public List<Operand<TFloat32>> call(
      DifferentiableFunction function, List<Operand<TFloat32>> inputs) {
    DifferentiableFunction.Result result = function.apply(tf, inputs);
    chainRule.call(
        inputs,
        result.outputs(),
        (ops, gradients) -> function.gradients(ops, inputs, result, gradients));
    return result.outputs();
  }
}
