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
 * later steps have seen of it, and what their derivatives need, each part one tensor {@code [pixels
 * · batch, h]} for the first half of the steps and one for the second: what a step leaves is joined
 * before all of it has gone out of the processor's cache.
 */
final class Tape {
  private static final List<Function<LstmStep, Operand<TFloat32>>> PARTS =
      List.of(
          LstmStep::cPrevious, LstmStep::i, LstmStep::g, LstmStep::f, LstmStep::o, LstmStep::tanh);

  private static final int BANDS = 2;

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
    List<List<Integer>> bands = bands(Ints.asList(pixels));
    for (int part = 0; part < PARTS.size(); part++) {
      List<Operand<TFloat32>> steps = new ArrayList<>();
      for (int band = 0; band < bands.size(); band++) {
        Operand<TFloat32> joined = parts.get(1 + band * PARTS.size() + part);
        steps.addAll(rows.split(joined, Ints.toArray(bands.get(band))));
      }
      ofSteps.add(steps);
    }
  }

  /**
   * All steps, in the form of {@link #shapes}.
   *
   * @param outside what is seen of h where no pixel is, which precedes those of the steps
   */
  static List<Operand<TFloat32>> of(
      PixelRows rows, List<Operand<TFloat32>> outside, List<LstmStep> steps) {
    List<Operand<TFloat32>> parts = new ArrayList<>();
    List<Operand<TFloat32>> h = new ArrayList<>(outside);
    steps.forEach(step -> h.add(step.h()));
    parts.add(rows.joined(h));
    for (List<LstmStep> band : bands(steps)) {
      PARTS.forEach(part -> parts.add(rows.joined(band.stream().map(part).toList())));
    }
    return List.copyOf(parts);
  }

  /** The shapes of what {@link #of} makes of so many steps. */
  static List<Shape> shapes(int steps, int h) {
    int bands = Math.min(BANDS, steps);
    return Collections.nCopies(1 + bands * PARTS.size(), Shape.of(Shape.UNKNOWN_SIZE, h));
  }

  private static <T> List<List<T>> bands(List<T> steps) {
    return Lists.partition(steps, IntMath.divide(steps.size(), BANDS, RoundingMode.CEILING));
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
