package org.pixelrnn.model.scan;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.LSTMBlockCell;
import org.tensorflow.types.TFloat32;

/**
 * One step of n LSTM cells (equation 3), and everything its derivative needs:
 *
 * <pre>
 *   [i, g, f, o] = (σ, tanh, σ, σ)([seen, hPrevious] · W + b)
 *   c = f ⊙ cPrevious + i ⊙ g
 *   h = o ⊙ tanh(c)
 * </pre>
 *
 * <p>TensorFlow's LSTMBlockCell and its gradient are one operation each, where the plain arithmetic
 * would be a dozen; hence the order of the gates, which is theirs. All tensors are {@code [n, h]}.
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
   * The gates of a recurrence.
   *
   * @param matrix W, {@code [in + h, 4h]}
   * @param bias b, {@code [4h]}
   * @param noPeephole 0, {@code [h]}: the gates do not see c
   */
  record Gates(Operand<TFloat32> matrix, Operand<TFloat32> bias, Operand<TFloat32> noPeephole) {
    static Gates of(Ops tf, Operand<TFloat32> matrix, Operand<TFloat32> bias, int h) {
      return new Gates(matrix, bias, zeros(tf, h));
    }

    /**
     * Gates of the right shapes that are all zero. The derivative's kernel asks for the gates, but
     * what it needs of them is in the step.
     */
    static Gates none(Ops tf, int h) {
      return new Gates(zeros(tf, 2 * h, 4 * h), zeros(tf, 4 * h), zeros(tf, h));
    }

    private static Operand<TFloat32> zeros(Ops tf, int... shape) {
      return tf.fill(tf.constant(shape), tf.constant(0f));
    }
  }

  /**
   * The step itself.
   *
   * @param seen {@code [n, in]}: x, and neighbours' h
   * @param hPrevious one more neighbour's h
   */
  static LstmStep of(
      Ops tf,
      Operand<TFloat32> seen,
      Operand<TFloat32> hPrevious,
      Operand<TFloat32> cPrevious,
      Gates gates) {
    LSTMBlockCell<TFloat32> cell =
        tf.nn.lSTMBlockCell(
            seen,
            cPrevious,
            hPrevious,
            gates.matrix,
            gates.noPeephole,
            gates.noPeephole,
            gates.noPeephole,
            gates.bias,
            LSTMBlockCell.forgetBias(0f),
            // Not clipped: the default of 3 is no part of the equations.
            LSTMBlockCell.cellClip(-1f));
    return new LstmStep(
        cPrevious, cell.i(), cell.ci(), cell.f(), cell.o(), cell.cs(), cell.co(), cell.h());
  }

  /**
   * What flows back through a step.
   *
   * @param gates the gradient of the four gates before their σ and tanh, {@code [n, 4h]}
   * @param cPrevious {@code [n, h]}
   */
  record Gradient(Operand<TFloat32> gates, Operand<TFloat32> cPrevious) {}
}
