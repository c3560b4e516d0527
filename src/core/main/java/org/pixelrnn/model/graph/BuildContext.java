package org.pixelrnn.model.graph;

import com.google.common.base.Splitter;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * Everything that a layer needs to add its operations to a graph: the place for the operations, the
 * values of the weights, the record from which gradients are computed, and how to compute.
 *
 * @param tf the graph and the scope that operations are added to
 * @param weights the values of the weights in that graph
 * @param chainRule the record of what has been built so far
 * @param computation how the graph computes
 */
public record BuildContext(
    Ops tf, WeightSource weights, ChainRule chainRule, Computation computation) {

  /** A context with an empty record. */
  public BuildContext(Ops tf, WeightSource weights, Computation computation) {
    this(tf, weights, new ChainRule(), computation);
  }

  /** A context with an empty record, for the default computation. */
  public BuildContext(Ops tf, WeightSource weights) {
    this(tf, weights, Computation.DEFAULT);
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
    return new BuildContext(inside, weights, chainRule, computation);
  }

  /** The value of a weight, of the weight's shape. */
  public Operand<TFloat32> weight(Weight weight) {
    Operand<TFloat32> value = weights.of(weight);
    chainRule.uses(weight, value);
    return value;
  }

  /** The value of a weight in the precision of the computation, of the weight's shape. */
  public Operand<TFloating> rounded(Weight weight) {
    return rounded(weight(weight));
  }

  /** A tensor in the precision of the computation. */
  public Operand<TFloating> rounded(Operand<? extends TFloating> tensor) {
    return computation.precision().of(tf, tensor);
  }

  /**
   * Adds a bias to every pixel.
   *
   * @param maps {@code [..., features]}
   * @param bias {@code [features]}
   * @return of the shape of {@code maps}
   */
  public Operand<TFloating> plusBias(Operand<TFloating> maps, Weight bias) {
    Operand<TFloating> rounded = rounded(bias);
    // The gradient of TensorFlow's BiasAdd adds bfloat16 numbers up in bfloat16, and loses most of
    // them. The gradient of Add is exact but for its own rounding.
    return computation.precision() == Precision.FLOAT32
        ? tf.nn.biasAdd(maps, rounded)
        : tf.math.add(maps, rounded);
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
  public List<Operand<TFloating>> call(
      DifferentiableFunction function, List<Operand<TFloating>> inputs) {
    DifferentiableFunction.Result result = function.apply(tf, inputs);
    chainRule.call(
        inputs,
        result.outputs(),
        (ops, gradients) -> function.gradients(ops, inputs, result, gradients));
    return result.outputs();
  }
}
