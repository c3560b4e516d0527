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
import org.tensorflow.types.family.TFloating;

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
  private static final List<Function<LstmStep.Taped, Operand<TFloating>>> PARTS =
      List.of(
          LstmStep.Taped::cPrevious,
          LstmStep.Taped::i,
          LstmStep.Taped::g,
          LstmStep.Taped::f,
          LstmStep.Taped::o,
          LstmStep.Taped::tanh);

  private static final int HALVES = 2;

  private final Operand<TFloating> h;
  private final List<LstmStep.Taped> steps = new ArrayList<>();

  /**
   * Splits a tape into the parts of each step.
   *
   * @param tensors the tape, as {@link #of} gives it
   * @param pixels the number of pixels of each step
   */
  Tape(PixelRows rows, List<Operand<TFloating>> tensors, int... pixels) {
    this.h = tensors.get(0);
    List<List<Integer>> halves = halves(Ints.asList(pixels));
    for (int half = 0; half < halves.size(); half++) {
      List<Integer> sizes = new ArrayList<>();
      halves.get(half).forEach(size -> sizes.addAll(Collections.nCopies(PARTS.size(), size)));
      List<Operand<TFloating>> parts =
          List.copyOf(rows.split(tensors.get(1 + half), Ints.toArray(sizes)));
      for (List<Operand<TFloating>> step : Lists.partition(parts, PARTS.size())) {
        steps.add(
            new LstmStep.Taped(
                step.get(0), step.get(1), step.get(2), step.get(3), step.get(4), step.get(5)));
      }
    }
  }

  /**
   * Joins the parts of all steps into a tape, which has these {@link #shapes}.
   *
   * @param outside the values that stand for h outside the image; they come first
   */
  static List<Operand<TFloating>> of(
      PixelRows rows, List<Operand<TFloating>> outside, List<LstmStep> steps) {
    List<Operand<TFloating>> tensors = new ArrayList<>();
    List<Operand<TFloating>> h = new ArrayList<>(outside);
    steps.forEach(step -> h.add(step.h()));
    tensors.add(rows.concat(h));
    for (List<LstmStep> half : halves(steps)) {
      List<Operand<TFloating>> parts = new ArrayList<>();
      half.forEach(step -> PARTS.forEach(part -> parts.add(part.apply(step.taped()))));
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
  Operand<TFloating> h() {
    return h;
  }

  /** The tensors of a step that its derivative needs. */
  LstmStep.Taped step(int step) {
    return steps.get(step);
  }
}
