package org.pixelrnn.model.scan;

import org.pixelrnn.model.graph.Computation;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * The operations of one {@link LstmStep} and of its adjoint. A {@link BlockCell} has one operation
 * for each; a {@link PlainCell} has a dozen, all of which XLA can compile. Both order the gates as
 * i, g, f, o.
 */
sealed interface RecurrentCell permits BlockCell, PlainCell {

  /**
   * The faster cell for a way to compute.
   *
   * @param h the number of features of h
   */
  static RecurrentCell of(Computation computation, Ops tf, int h) {
    // TensorFlow has the block cell neither for XLA nor for bfloat16.
    return computation.equals(Computation.DEFAULT)
        ? new BlockCell(tf, h)
        : new PlainCell(tf, computation.precision());
  }

  /**
   * The weights of the gates.
   *
   * @param matrix W, {@code [in + h, 4h]}
   * @param bias b, {@code [4h]}
   */
  record Gates(Operand<TFloating> matrix, Operand<TFloating> bias) {}

  /**
   * Adds the operations of a step.
   *
   * @param input x and the h of all neighbours but one, {@code [n, in]}
   * @param hPrevious the h of the remaining neighbour, {@code [n, h]}
   * @param cPrevious {@code [n, h]}
   */
  LstmStep step(
      Gates gates,
      Operand<TFloating> input,
      Operand<TFloating> hPrevious,
      Operand<TFloating> cPrevious);

  /**
   * Adds the operations of the adjoint of a step, as far as the gates.
   *
   * @param dh the gradient of the step's h, {@code [n, h]}
   * @param dc the gradient of the step's c that later steps give, {@code [n, h]}
   */
  LstmStep.Gradient gradient(LstmStep.Taped step, Operand<TFloating> dh, Operand<TFloating> dc);
}
