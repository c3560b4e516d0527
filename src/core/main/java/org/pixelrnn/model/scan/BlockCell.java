package org.pixelrnn.model.scan;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import org.pixelrnn.model.graph.Precision;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.LSTMBlockCell;
import org.tensorflow.op.nn.LSTMBlockCellGrad;
import org.tensorflow.types.family.TFloating;

/** A cell of TensorFlow's LSTMBlockCell and its gradient, in float32. XLA does not know them. */
final class BlockCell implements RecurrentCell {
  private final Ops tf;

  /** Zeros, {@code [h]}: the gates do not use c. */
  private final Operand<TFloating> noPeephole;

  /**
   * Gates that are all zero and have the right shapes. The kernel of the gradient has an input for
   * the gates but does not read their values: the step holds all that it needs.
   */
  private final Supplier<Gates> zeroGates;

  BlockCell(Ops tf, int h) {
    this.tf = tf;
    this.noPeephole = zeros(h);
    this.zeroGates = Suppliers.memoize(() -> new Gates(zeros(2 * h, 4 * h), zeros(4 * h)));
  }

  @Override
  public LstmStep step(
      Gates gates,
      Operand<TFloating> input,
      Operand<TFloating> hPrevious,
      Operand<TFloating> cPrevious) {
    LSTMBlockCell<TFloating> cell =
        tf.nn.lSTMBlockCell(
            input,
            cPrevious,
            hPrevious,
            gates.matrix(),
            noPeephole,
            noPeephole,
            noPeephole,
            gates.bias(),
            LSTMBlockCell.forgetBias(0f),
            // No clipping: the default, which clips at 3, is not part of the equations.
            LSTMBlockCell.cellClip(-1f));
    LstmStep.Taped taped =
        new LstmStep.Taped(cPrevious, cell.i(), cell.ci(), cell.f(), cell.o(), cell.co());
    return new LstmStep(taped, cell.cs(), cell.h());
  }

  @Override
  public LstmStep.Gradient gradient(
      LstmStep.Taped step, Operand<TFloating> dh, Operand<TFloating> dc) {
    // The kernel reads only the shapes of x, h and c, so any tensor of that shape will do.
    Operand<TFloating> shape = step.i();
    LSTMBlockCellGrad<TFloating> gradient =
        tf.nn.lSTMBlockCellGrad(
            shape,
            step.cPrevious(),
            shape,
            zeroGates.get().matrix(),
            noPeephole,
            noPeephole,
            noPeephole,
            zeroGates.get().bias(),
            step.i(),
            shape,
            step.f(),
            step.o(),
            step.g(),
            step.tanh(),
            dc,
            dh,
            false);
    return new LstmStep.Gradient(gradient.dicfo(), gradient.csPrevGrad());
  }

  private Operand<TFloating> zeros(int... shape) {
    return Precision.floating(tf.fill(tf.constant(shape), tf.constant(0f)));
  }
}
