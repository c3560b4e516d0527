package org.pixelrnn.model.scan;

import java.util.ArrayList;
import java.util.List;
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

  /**
   * A recurrence.
   *
   * @param diagonals that it goes over
   * @param in features of x
   */
  Wavefront(Ops tf, PixelRows rows, Diagonals diagonals, LstmWeights weights, int in, int h) {
    this.tf = tf;
    this.rows = rows;
    this.diagonals = diagonals;
    this.weights = weights;
    this.in = in;
    this.h = h;
  }

  /**
   * What flows back.
   *
   * @param x the gradient of x, {@code [pixels · batch, in]}, in {@link Diagonals#halves}
   * @param weights the gradients of the weights, in order
   */
  record Gradient(List<Operand<TFloat32>> x, List<Operand<TFloat32>> weights) {}

  /**
   * All steps.
   *
   * @param xs of each diagonal, {@code [pixels · batch, in]}
   * @return a {@link Tape}, whose first part is the initial h and all others, {@code [(1 + pixels)
   *     · batch, h]}
   */
  List<Operand<TFloat32>> forward(List<? extends Operand<TFloat32>> xs) {
    Operand<TFloat32> matrix = rows.joined(List.of(inputMatrix(), stateMatrix()));
    LstmStep.Gates gates = LstmStep.Gates.of(tf, matrix, weights.bias(), h);
    Operand<TFloat32> outsideH = rows.filled(weights.h(), 1, h);
    Operand<TFloat32> outsideC = rows.filled(weights.c(), 1, h);
    List<LstmStep> steps = new ArrayList<>();
    for (int d = 0; d < diagonals.count(); d++) {
      int length = diagonals.length(d);
      // From the pixel above the uppermost to the one left of the lowest.
      List<Operand<TFloat32>> before = new ArrayList<>();
      List<Operand<TFloat32>> cLeft = new ArrayList<>();
      if (diagonals.beginsAtTop(d)) {
        before.add(outsideH);
      }
      if (d > 0) {
        LstmStep last = steps.get(d - 1);
        before.add(last.h());
        int inside = diagonals.endsAtLeft(d) ? length - 1 : length;
        if (diagonals.beginsAtTop(d)) {
          cLeft.add(last.c());
        } else if (inside > 0) {
          cLeft.add(rows.range(last.c(), 1, inside));
        }
      }
      if (diagonals.endsAtLeft(d)) {
        before.add(outsideH);
        cLeft.add(outsideC);
      }
      Operand<TFloat32> neighbours = rows.joined(before);
      Operand<TFloat32> above = rows.range(neighbours, 0, length);
      Operand<TFloat32> left = rows.range(neighbours, 1, length);
      steps.add(
          LstmStep.of(tf, rows.beside(List.of(xs.get(d), above)), left, rows.joined(cLeft), gates));
    }
    return Tape.of(rows, List.of(outsideH), steps);
  }

  /**
   * The adjoint.
   *
   * @param x that of the scan, {@code [pixels · batch, in]}, in {@link Diagonals#halves}
   * @param tape what {@link #forward} has left
   * @param dhs the gradient of h of each diagonal
   */
  Gradient backward(
      List<? extends Operand<TFloat32>> x,
      List<Operand<TFloat32>> tape,
      List<? extends Operand<TFloat32>> dhs) {
    Tape steps = new Tape(tf, rows, tape, h, diagonals.lengths());
    OfDiagonals ofDiagonals = ofDiagonals(steps, dhs);
    // What is large is taken by halves: one is done with while the other is still to come.
    List<Operand<TFloat32>> gates =
        rows.joined(ofDiagonals.gates, diagonals.lengths(), diagonals.halves());
    List<Operand<TFloat32>> above =
        neighbours(steps.h(), (r, q) -> r == 0 ? 0 : 1 + diagonals.position(r - 1, q));
    List<Operand<TFloat32>> left =
        neighbours(steps.h(), (r, q) -> q == 0 ? 0 : 1 + diagonals.position(r, q - 1));
    return new Gradient(
        gates.stream().<Operand<TFloat32>>map(this::inputGradient).toList(),
        List.of(
            tf.reshape(matrixGradient(x, gates), tf.constant(new int[] {1, 1, in, 4 * h})),
            tf.stack(List.of(matrixGradient(above, gates), matrixGradient(left, gates))),
            sum(gates.stream().<Operand<TFloat32>>map(tf.nn::biasAddGrad).toList()),
            rows.sum(rows.joined(ofDiagonals.outsideH)),
            rows.sum(rows.joined(ofDiagonals.outsideC))));
  }

  /**
   * What flows back through the steps.
   *
   * @param gates of each diagonal, before their σ and tanh, {@code [pixels · batch, 4h]}
   * @param outsideH to the initial h, a range of one pixel for each time that it was seen
   * @param outsideC to the initial c, in the same way
   */
  private record OfDiagonals(
      List<Operand<TFloat32>> gates,
      List<Operand<TFloat32>> outsideH,
      List<Operand<TFloat32>> outsideC) {}

  private OfDiagonals ofDiagonals(Tape steps, List<? extends Operand<TFloat32>> dhs) {
    int[] lengths = diagonals.lengths();
    Operand<TFloat32> nothing = rows.zeros(1, h);
    // Turned once, and not by each product.
    Operand<TFloat32> turned = tf.linalg.transpose(stateMatrix(), tf.constant(new int[] {1, 0}));

    int last = diagonals.count() - 1;
    List<Operand<TFloat32>> gates = new ArrayList<>();
    List<Operand<TFloat32>> outsideH = new ArrayList<>();
    List<Operand<TFloat32>> outsideC = new ArrayList<>();
    Operand<TFloat32> dhAll = dhs.get(last);
    Operand<TFloat32> dc = rows.zeros(lengths[last], h);
    for (int d = last; d >= 0; d--) {
      LstmStep.Gradient gradient = steps.gradient(d, dhAll, dc);
      gates.add(0, gradient.gates());
      // What the upper neighbours get beside what the left ones get; the first pixel's upper and
      // the last one's left neighbour may be outside.
      Operand<TFloat32> both = tf.linalg.matMul(gradient.gates(), turned);
      int above = diagonals.beginsAtTop(d) ? 1 : 0;
      int inside = diagonals.endsAtLeft(d) ? lengths[d] - 1 : lengths[d];
      Operand<TFloat32> dcInside = gradient.cPrevious();
      if (diagonals.beginsAtTop(d)) {
        outsideH.add(rows.range(both, 0, 1, 0, h));
      }
      if (diagonals.endsAtLeft(d)) {
        outsideH.add(rows.range(both, inside, 1, h, h));
        outsideC.add(rows.range(dcInside, inside, 1));
        dcInside = rows.range(dcInside, 0, inside);
      }
      if (d > 0) {
        Operand<TFloat32> fromBelow = rows.range(both, above, lengths[d] - above, 0, h);
        Operand<TFloat32> fromRight = rows.range(both, 0, inside, h, h);
        if (!diagonals.endsAtLeft(d)) {
          fromBelow = rows.joined(List.of(fromBelow, nothing));
        }
        if (!diagonals.beginsAtTop(d)) {
          fromRight = rows.joined(List.of(nothing, fromRight));
          dcInside = inside == 0 ? nothing : rows.joined(List.of(nothing, dcInside));
        }
        // A pixel gets from the one below it, if there is one, and from the one right of it.
        dhAll = tf.math.addN(List.of(dhs.get(d - 1), fromBelow, fromRight));
        dc = dcInside;
      }
    }
    return new OfDiagonals(gates, outsideH, outsideC);
  }

  /** The kernel as a matrix, {@code [in, 4h]}. */
  private Operand<TFloat32> inputMatrix() {
    return tf.reshape(weights.inputToState(), tf.constant(new int[] {in, 4 * h}));
  }

  /** Both taps one below the other, {@code [2h, 4h]}. */
  private Operand<TFloat32> stateMatrix() {
    return tf.reshape(weights.stateToState(), tf.constant(new int[] {2 * h, 4 * h}));
  }

  private Operand<TFloat32> inputGradient(Operand<TFloat32> gates) {
    return tf.linalg.matMul(gates, inputMatrix(), MatMul.transposeB(true));
  }

  /** The gradient of a matrix, of what all pixels have seen through it. */
  private Operand<TFloat32> matrixGradient(
      List<? extends Operand<TFloat32>> seen, List<Operand<TFloat32>> gates) {
    List<Operand<TFloat32>> ofHalves = new ArrayList<>();
    for (int half = 0; half < gates.size(); half++) {
      ofHalves.add(rows.matrixGradient(seen.get(half), gates.get(half)));
    }
    return sum(ofHalves);
  }

  private Operand<TFloat32> sum(List<Operand<TFloat32>> ofHalves) {
    return ofHalves.size() == 1 ? ofHalves.get(0) : tf.math.addN(ofHalves);
  }

  /** At each pixel a neighbour's h, {@code [pixels · batch, h]}, in halves. */
  private List<Operand<TFloat32>> neighbours(
      Operand<TFloat32> extended, Diagonals.OfPixel position) {
    return rows.gathered(
        extended,
        1 + diagonals.pixels(),
        h,
        Diagonals.cut(diagonals.inOrder(position), diagonals.halves()));
  }
}
