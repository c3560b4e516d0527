package org.pixelrnn.model.scan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** What a recurrence leaves for its adjoint: its steps, each part of all of them one tensor. */
final class Tape {
  private Tape() {}

  private static final List<Function<LstmStep, Operand<TFloat32>>> PARTS =
      List.of(
          LstmStep::i,
          LstmStep::c,
          LstmStep::f,
          LstmStep::o,
          LstmStep::g,
          LstmStep::tanh,
          LstmStep::h);

  /** How many tensors a tape is. */
  static final int COUNT = PARTS.size();

  /** Which of them is c. */
  static final int C = 1;

  /** Which of them is h. */
  static final int H = 6;

  /** All steps as {@link #COUNT} tensors, {@code [pixels · batch, h]} each. */
  static List<Operand<TFloat32>> of(PixelRows rows, List<LstmStep> steps) {
    return PARTS.stream().map(part -> rows.joined(steps.stream().map(part).toList())).toList();
  }

  /** The steps again, of so many pixels each. */
  static List<LstmStep> steps(PixelRows rows, List<Operand<TFloat32>> tape, int... pixels) {
    List<List<? extends Operand<TFloat32>>> parts = new ArrayList<>();
    for (Operand<TFloat32> part : tape) {
      parts.add(rows.split(part, pixels));
    }
    List<LstmStep> steps = new ArrayList<>();
    for (int s = 0; s < pixels.length; s++) {
      steps.add(
          new LstmStep(
              parts.get(0).get(s),
              parts.get(1).get(s),
              parts.get(2).get(s),
              parts.get(3).get(s),
              parts.get(4).get(s),
              parts.get(5).get(s),
              parts.get(6).get(s)));
    }
    return steps;
  }
}
