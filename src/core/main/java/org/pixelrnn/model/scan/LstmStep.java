package org.pixelrnn.model.scan;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.LSTMBlockCell;
import org.tensorflow.types.TFloat32;

/**
 * One step of n LSTM cells (equation 3), with every tensor that its derivative needs:
 *
 * <pre>
 *   [i, g, f, o] = (σ, tanh, σ, σ)([input, hPrevious] · W + b)
 *   c = f ⊙ cPrevious + i ⊙ g
 *   h = o ⊙ tanh(c)
 * </pre>
 *
 * <p>TensorFlow's LSTMBlockCell and its gradient are one operation each; plain arithmetic would be
 * a dozen. The order of the gates is that of LSTMBlockCell. All tensors are {@code [n, h]}.
 *
 * @param tanh {@code tanh(c)}
 */
record LstmStep(
    Operand<TFloat32> cPrevious,
    Operand<TFloat32> i,
    Operand<TFloat32> g,
    Operand<TFloat32> f,
    Operand<TFloat32> o,
    Operand<TFloat32> c,
    Operand<TFloat32> tanh,
    Operand<TFloat32> h) {

  /**
   * The weights of the gates.
   *
   * @param matrix W, {@code [in + h, 4h]}
   * @param bias b, {@code [4h]}
   * @param noPeephole zeros, {@code [h]}: the gates do not use c
   */
  record Gates(Operand<TFloat32> matrix, Operand<TFloat32> bias, Operand<TFloat32> noPeephole) {
    static Gates of(Ops tf, Operand<TFloat32> matrix, Operand<TFloat32> bias, int h) {
      return new Gates(matrix, bias, zeros(tf, h));
    }

    /**
     * Gates that are all zero and have the right shapes. The kernel of the derivative has an input
     * for the gates but does not read their values: the step holds all that it needs.
     */
    static Gates zero(Ops tf, int h) {
      return new Gates(zeros(tf, 2 * h, 4 * h), zeros(tf, 4 * h), zeros(tf, h));
    }

    private static Operand<TFloat32> zeros(Ops tf, int... shape) {
      return tf.fill(tf.constant(shape), tf.constant(0f));
    }
  }

  /**
   * Adds the operation of a step.
   *
   * @param input x and the h of all neighbours but one, {@code [n, in]}
   * @param hPrevious the h of the remaining neighbour, {@code [n, h]}
   * @param cPrevious {@code [n, h]}
   */
  static LstmStep of(
      Ops tf,
      Operand<TFloat32> input,
      Operand<TFloat32> hPrevious,
      Operand<TFloat32> cPrevious,
      Gates gates) {
    LSTMBlockCell<TFloat32> cell =
        tf.nn.lSTMBlockCell(
            input,
            cPrevious,
            hPrevious,
            gates.matrix,
            gates.noPeephole,
            gates.noPeephole,
            gates.noPeephole,
            gates.bias,
            LSTMBlockCell.forgetBias(0f),
            // No clipping: the default, which clips at 3, is not part of the equations.
            LSTMBlockCell.cellClip(-1f));
    return new LstmStep(
        cPrevious, cell.i(), cell.ci(), cell.f(), cell.o(), cell.cs(), cell.co(), cell.h());
  }

  /**
   * The gradients that flow out of a step backwards.
   *
   * @param gates the gradient of the four gates before their σ and tanh, {@code [n, 4h]}
   * @param cPrevious the gradient of cPrevious, {@code [n, h]}
   */
  record Gradient(Operand<TFloat32> gates, Operand<TFloat32> cPrevious) {}
}
