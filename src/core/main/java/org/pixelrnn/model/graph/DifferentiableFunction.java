package org.pixelrnn.model.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * A graph function that has an adjoint of its own, so that {@link ChainRule} can compute gradients
 * through a call of it.
 */
public interface DifferentiableFunction {
  /**
   * The result of a call.
   *
   * @param outputs the outputs of the function, in order
   * @param tape the intermediate results that {@link #gradients} needs
   */
  record Result(List<Operand<TFloating>> outputs, List<Operand<TFloating>> tape) {}

  /**
   * Calls the function.
   *
   * @param inputs the inputs of the function, in order
   */
  Result apply(Ops tf, List<Operand<TFloating>> inputs);

  /**
   * Calls the adjoint: a vector-Jacobian product.
   *
   * @param inputs the inputs of the call
   * @param result the result of the call
   * @param gradients the gradient of each output, of the output's shape
   * @return the gradient of each input, of the input's shape
   */
  List<Operand<TFloating>> gradients(
      Ops tf, List<Operand<TFloating>> inputs, Result result, List<Operand<TFloating>> gradients);
}
