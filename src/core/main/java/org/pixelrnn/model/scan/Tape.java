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
 * The tensors that the steps of a recurrence leave for its adjoint. There are three, or two if
 * there is only one step:
 *
 * <pre>
 *   h       outside │ h of step 0 │ h of step 1 │ …               [pixels · batch, h]
 *   half 0  cPrevious i g f o tanh of step 0 │ … of step 1 │ …    [6 · pixels · batch, h]
 *   half 1  the same of the other half of the steps               [6 · pixels · batch, h]
 * </pre>
 *
 * <p>The adjoint gathers the neighbours' h of all pixels from the first tensor. The halves hold the
 * parts of each step that its derivative needs. There are few tensors because a function call is
 * slower the more tensors it passes. There are two halves because half a tape is made while part of
 * it is still in the processor's cache.
 */
final class Tape {
  private static final List<Function<LstmStep, Operand<TFloat32>>> PARTS =
      List.of(
          LstmStep::cPrevious, LstmStep::i, LstmStep::g, LstmStep::f, LstmStep::o, LstmStep::tanh);

  private static final int HALVES = 2;

  private final Ops tf;
  private final Operand<TFloat32> h;

  /** The parts of each step. */
  private final List<List<Operand<TFloat32>>> steps = new ArrayList<>();

  private final LstmStep.Gates zeroGates;

  /**
   * Splits a tape into the parts of each step.
   *
   * @param tensors the tape, as {@link #of} gives it
   * @param features the number of features of h
   * @param pixels the number of pixels of each step
   */
  Tape(Ops tf, PixelRows rows, List<Operand<TFloat32>> tensors, int features, int... pixels) {
    this.tf = tf;
    this.h = tensors.get(0);
    this.zeroGates = LstmStep.Gates.zero(tf, features);
    List<List<Integer>> halves = halves(Ints.asList(pixels));
    for (int half = 0; half < halves.size(); half++) {
      List<Integer> sizes = new ArrayList<>();
      halves.get(half).forEach(size -> sizes.addAll(Collections.nCopies(PARTS.size(), size)));
      List<Operand<TFloat32>> parts =
          List.copyOf(rows.split(tensors.get(1 + half), Ints.toArray(sizes)));
      steps.addAll(Lists.partition(parts, PARTS.size()));
    }
  }

  /**
   * Joins the parts of all steps into a tape, which has these {@link #shapes}.
   *
   * @param outside the values that stand for h outside the image; they come first
   */
  static List<Operand<TFloat32>> of(
      PixelRows rows, List<Operand<TFloat32>> outside, List<LstmStep> steps) {
    List<Operand<TFloat32>> tensors = new ArrayList<>();
    List<Operand<TFloat32>> h = new ArrayList<>(outside);
    steps.forEach(step -> h.add(step.h()));
    tensors.add(rows.concat(h));
    for (List<LstmStep> half : halves(steps)) {
      List<Operand<TFloat32>> parts = new ArrayList<>();
      half.forEach(step -> PARTS.forEach(part -> parts.add(part.apply(step))));
      tensors.add(rows.concat(parts));
    }
    return List.copyOf(tensors);
  }

  /** The shapes of the tape of a number of steps. */
  static List<Shape> shapes(int steps, int h) {
    return Collections.nCopies(1 + Math.min(HALVES, steps), Shape.of(Shape.UNKNOWN_SIZE, h));
  }

  private static <T> List<List<T>> halves(List<T> steps) {
    return Lists.partition(steps, IntMath.divide(steps.size(), HALVES, RoundingMode.CEILING));
  }

  /** The values that stand for h outside the image, then the h of all steps. */
  Operand<TFloat32> h() {
    return h;
  }

  /**
   * The adjoint of a step, as far as the gates.
   *
   * @param dh the gradient of the step's h, {@code [n, h]}
   * @param dc the gradient of the step's c that later steps give, {@code [n, h]}
   */
  LstmStep.Gradient gradient(int step, Operand<TFloat32> dh, Operand<TFloat32> dc) {
    List<Operand<TFloat32>> parts = steps.get(step);
    Operand<TFloat32> i = parts.get(1);
    LSTMBlockCellGrad<TFloat32> gradient =
        tf.nn.lSTMBlockCellGrad(
            // The kernel reads only the shapes of x, h and c, so any tensor of that shape will do.
            i,
            parts.get(0),
            i,
            zeroGates.matrix(),
            zeroGates.noPeephole(),
            zeroGates.noPeephole(),
            zeroGates.noPeephole(),
            zeroGates.bias(),
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
