package org.pixelrnn.model.scan;

import org.tensorflow.Operand;
import org.tensorflow.types.family.TFloating;

/**
 * One step of n LSTM cells (equation 3):
 *
 * <pre>
 *   [i, g, f, o] = (σ, tanh, σ, σ)([input, hPrevious] · W + b)
 *   c = f ⊙ cPrevious + i ⊙ g
 *   h = o ⊙ tanh(c)
 * </pre>
 *
 * <p>All tensors are {@code [n, h]}.
 *
 * @param taped the tensors that the derivative needs
 */
record LstmStep(Taped taped, Operand<TFloating> c, Operand<TFloating> h) {

  /**
   * The tensors of a step that its derivative needs.
   *
   * @param tanh {@code tanh(c)}
   */
  record Taped(
      Operand<TFloating> cPrevious,
      Operand<TFloating> i,
      Operand<TFloating> g,
      Operand<TFloating> f,
      Operand<TFloating> o,
      Operand<TFloating> tanh) {}

  /**
   * The gradients that flow out of a step backwards.
   *
   * @param gates the gradient of the four gates before their σ and tanh, {@code [n, 4h]}
   * @param cPrevious the gradient of cPrevious, {@code [n, h]}
   */
  record Gradient(Operand<TFloating> gates, Operand<TFloating> cPrevious) {}
}
