package org.pixelrnn.model.scan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.nn.LSTMBlockCellGrad;
import org.tensorflow.types.TFloat32;

/**
 * What a recurrence leaves for its adjoint: of all its steps, what their derivatives need, each
 * part one tensor {@code [pixels · batch, features]}. There is no h in it: what the derivatives
 * need of h is in what later steps have seen.
 */
final class Tape {
  private static final List<Function<LstmStep, Operand<TFloat32>>> PARTS =
      List.of(
          LstmStep::seen,
          LstmStep::hPrevious,
          LstmStep::cPrevious,
          LstmStep::i,
          LstmStep::g,
          LstmStep::f,
          LstmStep::o,
          LstmStep::tanh);

  /** How many tensors a tape is. */
  static final int COUNT = PARTS.size();

  private final Ops tf;
  private final List<Operand<TFloat32>> parts;
  private final List<List<? extends Operand<TFloat32>>> ofSteps;
  private final LstmStep.Gates none;

  /**
   * Takes a tape apart.
   *
   * @param parts what {@link #of} has made
   * @param pixels in each step
   */
  Tape(Ops tf, PixelRows rows, List<Operand<TFloat32>> parts, int h, int... pixels) {
    this.tf = tf;
    this.parts = parts;
    this.none = LstmStep.Gates.none(tf, h);
    this.ofSteps = new ArrayList<>();
    for (Operand<TFloat32> part : parts.subList(2, COUNT)) {
      ofSteps.add(rows.split(part, pixels));
    }
  }

  /** All steps as {@link #COUNT} tensors. */
  static List<Operand<TFloat32>> of(PixelRows rows, List<LstmStep> steps) {
    return PARTS.stream().map(part -> rows.joined(steps.stream().map(part).toList())).toList();
  }

  /** The shapes of {@link #of}. */
  static List<Shape> shapes(int seen, int h) {
    List<Shape> shapes =
        new ArrayList<>(Collections.nCopies(COUNT, Shape.of(Shape.UNKNOWN_SIZE, h)));
    shapes.set(0, Shape.of(Shape.UNKNOWN_SIZE, seen));
    return shapes;
  }

  /**
   * The adjoint of a step, as far as its gates.
   *
   * @param dh the gradient of its h, {@code [n, h]}
   * @param dc the gradient of its c from later steps, {@code [n, h]}
   */
  LstmStep.Gradient gradient(int step, Operand<TFloat32> dh, Operand<TFloat32> dc) {
    Operand<TFloat32> i = ofSteps.get(1).get(step);
    LSTMBlockCellGrad<TFloat32> gradient =
        tf.nn.lSTMBlockCellGrad(
            // Of x, h and c the kernel reads the shapes only; any tensor of theirs will do.
            i,
            ofSteps.get(0).get(step),
            i,
            none.matrix(),
            none.noPeephole(),
            none.noPeephole(),
            none.noPeephole(),
            none.bias(),
            i,
            i,
            ofSteps.get(3).get(step),
            ofSteps.get(4).get(step),
            ofSteps.get(2).get(step),
            ofSteps.get(5).get(step),
            dc,
            dh,
            false);
    return new LstmStep.Gradient(gradient.dicfo(), gradient.csPrevGrad());
  }

  /**
   * The gradient of the matrix of all gates, {@code [in + h, 4h]}, in two parts.
   *
   * @param gates the gradients of the gates of all steps, {@code [pixels · batch, 4h]}
   */
  List<Operand<TFloat32>> matrixGradient(Operand<TFloat32> gates) {
    return parts.subList(0, 2).stream()
        .<Operand<TFloat32>>map(part -> tf.linalg.matMul(part, gates, MatMul.transposeA(true)))
        .toList();
  }
}
