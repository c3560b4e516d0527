package org.pixelrnn.model.scan;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * A Diagonal LSTM (section 3.2) in one direction, left to right, diagonal by diagonal. With x, h
 * and c at row r and column q,
 *
 * <pre>
 *   gates(r,q) = x(r,q)·K + h(r-1,q)·U₀ + h(r,q-1)·U₁ + b
 *   c(r,q) = f ⊙ c(r,q-1) + i ⊙ g,   h(r,q) = o ⊙ tanh(c(r,q))
 * </pre>
 *
 * <p>and the initial h and c wherever r-1 or q-1 is outside. The adjoint runs through the diagonals
 * backwards for the gradient of the gates alone; those of x, K, U and b follow from it for all
 * pixels at once.
 */
final class Wavefront {
  private final Ops tf;
  private final PixelRows rows;
  private final Diagonals diagonals;
  private final LstmWeights weights;
  private final int in;
  private final int h;

  Wavefront(Ops tf, PixelRows rows, Diagonals diagonals, LstmWeights weights, int in, int h) {
    this.tf = tf;
    this.rows = rows;
    this.diagonals = diagonals;
    this.weights = weights;
    this.in = in;
    this.h = h;
  }

  /**
   * All steps.
   *
   * @param x {@code [pixels · batch, in]}, pixels by diagonals
   * @return a {@link Tape}
   */
  List<Operand<TFloat32>> forward(Operand<TFloat32> x) {
    Operand<TFloat32> matrix = tf.concat(List.of(inputMatrix(), stateMatrix()), tf.constant(0));
    Operand<TFloat32> noPeephole = tf.fill(tf.constant(new int[] {h}), tf.constant(0f));
    Operand<TFloat32> outsideH = rows.filled(weights.h(), 1, h);
    Operand<TFloat32> outsideC = rows.filled(weights.c(), 1, h);
    List<? extends Operand<TFloat32>> inputs = rows.split(x, diagonals.lengths());
    List<LstmStep> steps = new ArrayList<>();
    for (int d = 0; d < diagonals.count(); d++) {
      int length = diagonals.length(d);
      // From the pixel above the uppermost to the one left of the lowest.
      List<Operand<TFloat32>> before = new ArrayList<>();
      List<Operand<TFloat32>> c = new ArrayList<>();
      if (diagonals.beginsAtTop(d)) {
        before.add(outsideH);
      }
      if (d > 0) {
        LstmStep last = steps.get(d - 1);
        before.add(last.h());
        int kept = diagonals.endsAtLeft(d) ? length - 1 : length;
        if (diagonals.beginsAtTop(d)) {
          c.add(last.c());
        } else if (kept > 0) {
          c.add(rows.range(last.c(), 1, kept));
        }
      }
      if (diagonals.endsAtLeft(d)) {
        before.add(outsideH);
        c.add(outsideC);
      }
      Operand<TFloat32> neighbours = rows.joined(before);
      Operand<TFloat32> above = rows.range(neighbours, 0, length);
      Operand<TFloat32> left = rows.range(neighbours, 1, length);
      Operand<TFloat32> inputAndAbove = tf.concat(List.of(inputs.get(d), above), tf.constant(1));
      steps.add(
          LstmStep.of(tf, inputAndAbove, left, rows.joined(c), matrix, weights.bias(), noPeephole));
    }
    return Tape.of(rows, steps);
  }

  /**
   * The adjoint.
   *
   * @param x as in {@link #forward}
   * @param tape what {@link #forward} returned
   * @param dh the gradient of all h, {@code [pixels · batch, h]}
   * @return the gradient of x, {@code [pixels · batch, in]}, then those of the weights in order
   */
  List<Operand<TFloat32>> backward(
      Operand<TFloat32> x, List<Operand<TFloat32>> tape, Operand<TFloat32> dh) {
    int[] above = diagonals.inOrder((r, q) -> r == 0 ? 0 : 1 + diagonals.position(r - 1, q));
    int[] left = diagonals.inOrder((r, q) -> q == 0 ? 0 : 1 + diagonals.position(r, q - 1));
    Operand<TFloat32> cLeft = neighbours(weights.c(), tape.get(Tape.C), left);
    List<Operand<TFloat32>> outsideC = new ArrayList<>();
    Operand<TFloat32> gates = gateGradients(tape, cLeft, dh, outsideC);

    Operand<TFloat32> hAbove = neighbours(weights.h(), tape.get(Tape.H), above);
    Operand<TFloat32> hLeft = neighbours(weights.h(), tape.get(Tape.H), left);
    List<Operand<TFloat32>> taps = taps();
    Operand<TFloat32> outsideH =
        tf.math.add(
            throughTap(taps.get(0), sumWhere(gates, above)),
            throughTap(taps.get(1), sumWhere(gates, left)));
    return List.of(
        tf.linalg.matMul(gates, inputMatrix(), MatMul.transposeB(true)),
        tf.reshape(product(x, gates), tf.constant(new int[] {1, 1, in, 4 * h})),
        tf.stack(List.of(product(hAbove, gates), product(hLeft, gates))),
        tf.reduceSum(gates, tf.constant(0)),
        outsideH,
        tf.reduceSum(rows.joined(outsideC), tf.constant(0)));
  }

  /**
   * The gradients of all gates before their σ and tanh, {@code [pixels · batch, 4h]}.
   *
   * @param outsideC takes the gradients of the initial c, a range of one pixel each
   */
  private Operand<TFloat32> gateGradients(
      List<Operand<TFloat32>> tape,
      Operand<TFloat32> cLeft,
      Operand<TFloat32> dh,
      List<Operand<TFloat32>> outsideC) {
    int[] lengths = diagonals.lengths();
    List<LstmStep> steps = Tape.steps(rows, tape, lengths);
    List<? extends Operand<TFloat32>> cBefore = rows.split(cLeft, lengths);
    List<? extends Operand<TFloat32>> dhs = rows.split(dh, lengths);
    List<Operand<TFloat32>> taps = taps();
    LstmStep.NoWeights none = LstmStep.NoWeights.of(tf, h);
    Operand<TFloat32> nothing = rows.zeros(1, h);

    int last = diagonals.count() - 1;
    List<Operand<TFloat32>> gates = new ArrayList<>();
    Operand<TFloat32> dhAll = dhs.get(last);
    Operand<TFloat32> dc = rows.zeros(lengths[last], h);
    for (int d = last; d >= 0; d--) {
      LstmStep.Gradient gradient = steps.get(d).gradient(tf, cBefore.get(d), dhAll, dc, none);
      gates.add(0, gradient.gates());
      int inside = diagonals.endsAtLeft(d) ? lengths[d] - 1 : lengths[d];
      Operand<TFloat32> dcInside = gradient.cPrevious();
      if (diagonals.endsAtLeft(d)) {
        List<? extends Operand<TFloat32>> parts =
            inside == 0 ? List.of(dcInside) : rows.split(dcInside, inside, 1);
        dcInside = parts.get(0);
        outsideC.add(parts.get(parts.size() - 1));
      }
      if (d > 0) {
        Operand<TFloat32> dAbove =
            tf.linalg.matMul(gradient.gates(), taps.get(0), MatMul.transposeB(true));
        Operand<TFloat32> dLeft =
            tf.linalg.matMul(gradient.gates(), taps.get(1), MatMul.transposeB(true));
        // A pixel gets from the one below it, if there is one, and from the one right of it.
        Operand<TFloat32> fromBelow =
            diagonals.beginsAtTop(d) ? rows.range(dAbove, 1, lengths[d] - 1) : dAbove;
        Operand<TFloat32> fromRight =
            diagonals.endsAtLeft(d) ? rows.range(dLeft, 0, lengths[d] - 1) : dLeft;
        if (!diagonals.endsAtLeft(d)) {
          fromBelow = rows.joined(List.of(fromBelow, nothing));
        }
        if (!diagonals.beginsAtTop(d)) {
          fromRight = rows.joined(List.of(nothing, fromRight));
          dcInside = inside == 0 ? nothing : rows.joined(List.of(nothing, dcInside));
        }
        dhAll = tf.math.addN(List.of(dhs.get(d - 1), fromBelow, fromRight));
        dc = dcInside;
      }
    }
    return rows.joined(gates);
  }

  /** The kernel as a matrix, {@code [in, 4h]}. */
  private Operand<TFloat32> inputMatrix() {
    return tf.reshape(weights.inputToState(), tf.constant(new int[] {in, 4 * h}));
  }

  private Operand<TFloat32> stateMatrix() {
    return tf.reshape(weights.stateToState(), tf.constant(new int[] {2 * h, 4 * h}));
  }

  /** U₀ and U₁, {@code [h, 4h]} each. */
  private List<Operand<TFloat32>> taps() {
    return tf.unstack(weights.stateToState(), 2L).output().stream()
        .<Operand<TFloat32>>map(o -> o)
        .toList();
  }

  /** At each pixel the value of a neighbour, or that outside, {@code [pixels · batch, h]}. */
  private Operand<TFloat32> neighbours(
      Operand<TFloat32> outside, Operand<TFloat32> values, int[] positions) {
    Operand<TFloat32> extended = rows.joined(List.of(rows.filled(outside, 1, h), values));
    return rows.gathered(extended, 1 + diagonals.pixels(), h, positions);
  }

  /** The sum over the pixels whose neighbour is outside, {@code [4h]}. */
  private Operand<TFloat32> sumWhere(Operand<TFloat32> gates, int[] neighbour) {
    int[] outside = IntStream.range(0, neighbour.length).filter(p -> neighbour[p] == 0).toArray();
    return tf.reduceSum(rows.gathered(gates, diagonals.pixels(), 4 * h, outside), tf.constant(0));
  }

  private Operand<TFloat32> throughTap(Operand<TFloat32> tap, Operand<TFloat32> gates) {
    Operand<TFloat32> column = tf.reshape(gates, tf.constant(new int[] {4 * h, 1}));
    return tf.reshape(tf.linalg.matMul(tap, column), tf.constant(new int[] {h}));
  }

  private Operand<TFloat32> product(Operand<TFloat32> left, Operand<TFloat32> gates) {
    return tf.linalg.matMul(left, gates, MatMul.transposeA(true));
  }
}
