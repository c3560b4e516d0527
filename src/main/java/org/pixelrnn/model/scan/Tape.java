package org.pixelrnn.model.scan;

import com.google.common.collect.Lists;
import com.google.common.math.IntMath;
import com.google.common.primitives.Ints;
import java.math.RoundingMode;
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
 * later steps have seen of it, {@code [pixels · batch, h]}; and what their derivatives need, all of
 * it in one tensor for the first half of the steps and in another one for the second, {@code [parts
 * · pixels · batch, h]}. A call of a function is the slower the more tensors it hands over; and
 * half of a tape is made while some of it is still in the processor's cache.
 */
final class Tape {
  private static final List<Function<LstmStep, Operand<TFloat32>>> PARTS =
      List.of(
          LstmStep::cPrevious, LstmStep::i, LstmStep::g, LstmStep::f, LstmStep::o, LstmStep::tanh);

  private static final int HALVES = 2;

  private final Ops tf;
  private final Operand<TFloat32> h;

  /** Of each step the parts. */
  private final List<List<Operand<TFloat32>>> steps = new ArrayList<>();

  private final LstmStep.Gates none;

  /**
   * Takes a tape apart.
   *
   * @param tensors what {@link #of} has made
   * @param features of h
   * @param pixels in each step
   */
  Tape(Ops tf, PixelRows rows, List<Operand<TFloat32>> tensors, int features, int... pixels) {
    this.tf = tf;
    this.h = tensors.get(0);
    this.none = LstmStep.Gates.none(tf, features);
    List<List<Integer>> halves = halves(Ints.asList(pixels));
    for (int half = 0; half < halves.size(); half++) {
      List<Integer> ofParts = new ArrayList<>();
      halves.get(half).forEach(size -> ofParts.addAll(Collections.nCopies(PARTS.size(), size)));
      List<Operand<TFloat32>> parts =
          List.copyOf(rows.split(tensors.get(1 + half), Ints.toArray(ofParts)));
      steps.addAll(Lists.partition(parts, PARTS.size()));
    }
  }

  /**
   * All steps, in tensors of these {@link #shapes}.
   *
   * @param outside what is seen of h where no pixel is, which precedes those of the steps
   */
  static List<Operand<TFloat32>> of(
      PixelRows rows, List<Operand<TFloat32>> outside, List<LstmStep> steps) {
    List<Operand<TFloat32>> tensors = new ArrayList<>();
    List<Operand<TFloat32>> h = new ArrayList<>(outside);
    steps.forEach(step -> h.add(step.h()));
    tensors.add(rows.joined(h));
    for (List<LstmStep> half : halves(steps)) {
      List<Operand<TFloat32>> parts = new ArrayList<>();
      half.forEach(step -> PARTS.forEach(part -> parts.add(part.apply(step))));
      tensors.add(rows.joined(parts));
    }
    return List.copyOf(tensors);
  }

  /** The shapes of what {@link #of} makes of so many steps. */
  static List<Shape> shapes(int steps, int h) {
    return Collections.nCopies(1 + Math.min(HALVES, steps), Shape.of(Shape.UNKNOWN_SIZE, h));
  }

  private static <T> List<List<T>> halves(List<T> steps) {
    return Lists.partition(steps, IntMath.divide(steps.size(), HALVES, RoundingMode.CEILING));
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
    List<Operand<TFloat32>> parts = steps.get(step);
    Operand<TFloat32> i = parts.get(1);
    LSTMBlockCellGrad<TFloat32> gradient =
        tf.nn.lSTMBlockCellGrad(
            // Of x, h and c the kernel reads the shapes only; any tensor of theirs will do.
            i,
            parts.get(0),
            i,
            none.matrix(),
            none.noPeephole(),
            none.noPeephole(),
            none.noPeephole(),
            none.bias(),
            i,
            i,
            parts.get(3),
            parts.get(4),
            parts.get(2),
            parts.get(5),
            dc,
            dh,
            false);
    return new LstmStep.Gradient(gradient.dicfo(), gradient.csPrevGrad());
  }
}
