package org.pixelrnn.model.scan;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.LSTMBlockCell;
import org.tensorflow.op.nn.LSTMBlockCellGrad;
import org.tensorflow.types.TFloat32;

/**
 * One step of n LSTM cells (equation 3), and everything its derivative needs:
 *
 * <pre>
 *   [i, g, f, o] = (σ, tanh, σ, σ)([x, h_prev] · W + b)
 *   c = f ⊙ c_prev + i ⊙ g
 *   h = o ⊙ tanh(c)
 * </pre>
 *
 * <p>TensorFlow's LSTMBlockCell and its gradient are one operation each, where the plain arithmetic
 * would be a dozen; hence the order of the gates, which is theirs. All tensors are {@code [n, h]}.
 *
 * @param tanh {@code tanh(c)}
 */
record LstmStep(
    Operand<TFloat32> i,
    Operand<TFloat32> c,
    Operand<TFloat32> f,
    Operand<TFloat32> o,
    Operand<TFloat32> g,
    Operand<TFloat32> tanh,
    Operand<TFloat32> h) {

  /**
   * The step itself.
   *
   * @param x {@code [n, in]}
   * @param hPrevious {@code [n, h]}
   * @param cPrevious {@code [n, h]}
   * @param weights {@code [in + h, 4h]}
   * @param bias {@code [4h]}
   */
  static LstmStep of(
      Ops tf,
      Operand<TFloat32> x,
      Operand<TFloat32> hPrevious,
      Operand<TFloat32> cPrevious,
      Operand<TFloat32> weights,
      Operand<TFloat32> bias,
      Operand<TFloat32> noPeephole) {
    LSTMBlockCell<TFloat32> cell =
        tf.nn.lSTMBlockCell(
            x,
            cPrevious,
            hPrevious,
            weights,
            noPeephole,
            noPeephole,
            noPeephole,
            bias,
            LSTMBlockCell.forgetBias(0f),
            // Not clipped: the default of 3 is no part of the equations.
            LSTMBlockCell.cellClip(-1f));
    return new LstmStep(cell.i(), cell.cs(), cell.f(), cell.o(), cell.ci(), cell.co(), cell.h());
  }

  /**
   * What flows back through a step.
   *
   * @param gates the gradient of the four gates before their σ and tanh, {@code [n, 4h]}
   * @param cPrevious {@code [n, h]}
   */
  record Gradient(Operand<TFloat32> gates, Operand<TFloat32> cPrevious) {}

  /**
   * The adjoint of the step, as far as its gates.
   *
   * @param cPrevious as in the step
   * @param dh the gradient of h
   * @param dc the gradient of c from later cells
   */
  Gradient gradient(
      Ops tf,
      Operand<TFloat32> cPrevious,
      Operand<TFloat32> dh,
      Operand<TFloat32> dc,
      NoWeights none) {
    // Of x, h_prev, the weights and c the kernel reads the shapes only; any of that shape will do.
    LSTMBlockCellGrad<TFloat32> gradient =
        tf.nn.lSTMBlockCellGrad(
            i,
            cPrevious,
            i,
            none.matrix,
            none.peephole,
            none.peephole,
            none.peephole,
            none.bias,
            i,
            c,
            f,
            o,
            g,
            tanh,
            dc,
            dh,
            false);
    return new Gradient(gradient.dicfo(), gradient.csPrevGrad());
  }

  /** Zeros of the shapes that the kernel of the gradient asks for but does not read. */
  record NoWeights(Operand<TFloat32> matrix, Operand<TFloat32> peephole, Operand<TFloat32> bias) {
    static NoWeights of(Ops tf, int h) {
      return new NoWeights(zeros(tf, 2 * h, 4 * h), zeros(tf, h), zeros(tf, 4 * h));
    }
  }

  private static Operand<TFloat32> zeros(Ops tf, int... shape) {
    return tf.fill(tf.constant(shape), tf.constant(0f));
  }
}
