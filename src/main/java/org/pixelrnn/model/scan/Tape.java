package org.pixelrnn.model.scan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.LSTMBlockCellGrad;
import org.tensorflow.types.TFloat32;

/**
 * What a recurrence leaves for its adjoint: of all its steps h, from which the adjoint gathers what
 * later steps have seen of it, and what their derivatives need, each part one tensor {@code [pixels
 * · batch, h]}.
 */
final class Tape {
  private static final List<Function<LstmStep, Operand<TFloat32>>> PARTS =
      List.of(
          LstmStep::cPrevious, LstmStep::i, LstmStep::g, LstmStep::f, LstmStep::o, LstmStep::tanh);

  /** How many tensors a tape is. */
  static final int COUNT = 1 + PARTS.size();

  private final Ops tf;
  private final Operand<TFloat32> h;
  private final List<List<? extends Operand<TFloat32>>> ofSteps;
  private final LstmStep.Gates none;

  /**
   * Takes a tape apart.
   *
   * @param parts what {@link #of} has made
   * @param features of h
   * @param pixels in each step
   */
  Tape(Ops tf, PixelRows rows, List<Operand<TFloat32>> parts, int features, int... pixels) {
    this.tf = tf;
    this.h = parts.get(0);
    this.none = LstmStep.Gates.none(tf, features);
    this.ofSteps = new ArrayList<>();
    for (Operand<TFloat32> part : parts.subList(1, COUNT)) {
      ofSteps.add(rows.split(part, pixels));
    }
  }

  /**
   * All steps as {@link #COUNT} tensors.
   *
   * @param outside what is seen of h where no pixel is, which precedes those of the steps
   */
  static List<Operand<TFloat32>> of(
      PixelRows rows, List<Operand<TFloat32>> outside, List<LstmStep> steps) {
    List<Operand<TFloat32>> parts = new ArrayList<>();
    List<Operand<TFloat32>> h = new ArrayList<>(outside);
    steps.forEach(step -> h.add(step.h()));
    parts.add(rows.joined(h));
    PARTS.forEach(part -> parts.add(rows.joined(steps.stream().map(part).toList())));
    return List.copyOf(parts);
  }

  /** The shapes of {@link #of}. */
  static List<Shape> shapes(int h) {
    return Collections.nCopies(COUNT, Shape.of(Shape.UNKNOWN_SIZE, h));
  }

  /** What is seen of h where no pixel is, and the h of all steps. */
  Operand<TFloat32> h() {
    return h;
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
}
