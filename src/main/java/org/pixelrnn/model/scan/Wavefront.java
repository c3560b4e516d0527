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
   * @param gates the gradients of the gates before their σ and tanh: 0 for a pixel outside, then
   *     those of all pixels, {@code [(1 + pixels) · batch, 4h]}
   * @param weights the gradients of the weights, in order
   */
  record Gradient(Operand<TFloat32> gates, List<Operand<TFloat32>> weights) {}

  /**
   * All steps.
   *
   * @param xs of each diagonal, {@code [pixels · batch, in]}
   * @return a {@link Tape}, whose first part is the initial h and all others, {@code [(1 + pixels)
   *     · batch, h]}
   */
  List<Operand<TFloat32>> forward(List<? extends Operand<TFloat32>> xs) {
    Operand<TFloat32> matrix =
        rows.joined(
            List.of(
                inputMatrix(),
                tf.reshape(weights.stateToState(), tf.constant(new int[] {2 * h, 4 * h}))));
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
   * The adjoint, all but {@link #inputGradient}.
   *
   * @param x that of the scan, {@code [pixels · batch, in]}, in the given pieces
   * @param tape what {@link #forward} has left
   * @param dhs the gradient of h of each diagonal
   */
  Gradient backward(
      List<Operand<TFloat32>> x,
      int[] pieces,
      List<Operand<TFloat32>> tape,
      List<? extends Operand<TFloat32>> dhs) {
    Tape steps = new Tape(tf, rows, tape, h, diagonals.lengths());
    List<? extends Operand<TFloat32>> taps = tf.unstack(weights.stateToState(), 2L).output();
    List<Operand<TFloat32>> outsideC = new ArrayList<>();
    List<Operand<TFloat32>> ofDiagonals = new ArrayList<>(List.of(rows.zeros(1, 4 * h)));
    ofDiagonals.addAll(gateGradients(steps, taps, dhs, outsideC));
    Operand<TFloat32> afterOutside = rows.joined(ofDiagonals);
    Operand<TFloat32> gates = rows.from(afterOutside, 1);

    List<? extends Operand<TFloat32>> gatesOfPieces = rows.split(gates, pieces);
    List<Operand<TFloat32>> kernels = new ArrayList<>();
    for (int piece = 0; piece < pieces.length; piece++) {
      kernels.add(rows.matrixGradient(x.get(piece), gatesOfPieces.get(piece)));
    }
    Operand<TFloat32> kernel = kernels.size() == 1 ? kernels.get(0) : tf.math.addN(kernels);
    Operand<TFloat32> above =
        neighbours(steps.h(), (r, q) -> r == 0 ? 0 : 1 + diagonals.position(r - 1, q));
    Operand<TFloat32> left =
        neighbours(steps.h(), (r, q) -> q == 0 ? 0 : 1 + diagonals.position(r, q - 1));
    return new Gradient(
        afterOutside,
        List.of(
            tf.reshape(kernel, tf.constant(new int[] {1, 1, in, 4 * h})),
            tf.stack(List.of(rows.matrixGradient(above, gates), rows.matrixGradient(left, gates))),
            tf.nn.biasAddGrad(gates),
            tf.math.add(
                throughTap(taps.get(0), sumOver(gates, diagonals.firstRow())),
                throughTap(taps.get(1), sumOver(gates, diagonals.firstColumn()))),
            rows.sum(rows.joined(outsideC))));
  }

  /**
   * The gradient of x, {@code [pixels · batch, in]}.
   *
   * @param gates those of the same pixels, {@code [pixels · batch, 4h]}
   */
  Operand<TFloat32> inputGradient(Operand<TFloat32> gates) {
    return tf.linalg.matMul(gates, inputMatrix(), MatMul.transposeB(true));
  }

  /**
   * The gradients of each diagonal's gates, {@code [pixels · batch, 4h]}.
   *
   * @param outsideC takes the gradients of the initial c, a range of one pixel each
   */
  private List<Operand<TFloat32>> gateGradients(
      Tape steps,
      List<? extends Operand<TFloat32>> taps,
      List<? extends Operand<TFloat32>> dhs,
      List<Operand<TFloat32>> outsideC) {
    int[] lengths = diagonals.lengths();
    Operand<TFloat32> nothing = rows.zeros(1, h);
    // Turned once, and not by each product.
    Operand<TFloat32> turned =
        tf.linalg.transpose(rows.joined(taps), tf.constant(new int[] {1, 0}));

    int last = diagonals.count() - 1;
    List<Operand<TFloat32>> gates = new ArrayList<>();
    Operand<TFloat32> dhAll = dhs.get(last);
    Operand<TFloat32> dc = rows.zeros(lengths[last], h);
    for (int d = last; d >= 0; d--) {
      LstmStep.Gradient gradient = steps.gradient(d, dhAll, dc);
      gates.add(0, gradient.gates());
      int inside = diagonals.endsAtLeft(d) ? lengths[d] - 1 : lengths[d];
      Operand<TFloat32> dcInside = gradient.cPrevious();
      if (diagonals.endsAtLeft(d)) {
        outsideC.add(rows.range(dcInside, inside, 1));
        dcInside = rows.range(dcInside, 0, inside);
      }
      if (d > 0) {
        // A pixel gets from the one below it, if there is one, and from the one right of it.
        List<? extends Operand<TFloat32>> both =
            tf.split(tf.constant(1), tf.linalg.matMul(gradient.gates(), turned), 2L).output();
        Operand<TFloat32> fromBelow = both.get(0);
        Operand<TFloat32> fromRight = both.get(1);
        if (diagonals.beginsAtTop(d)) {
          fromBelow = rows.range(fromBelow, 1, lengths[d] - 1);
        }
        if (diagonals.endsAtLeft(d)) {
          fromRight = rows.range(fromRight, 0, lengths[d] - 1);
        } else {
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
    return gates;
  }

  /** The kernel as a matrix, {@code [in, 4h]}. */
  private Operand<TFloat32> inputMatrix() {
    return tf.reshape(weights.inputToState(), tf.constant(new int[] {in, 4 * h}));
  }

  /** At each pixel a neighbour's h, {@code [pixels · batch, h]}. */
  private Operand<TFloat32> neighbours(Operand<TFloat32> extended, Diagonals.OfPixel position) {
    return rows.gathered(extended, 1 + diagonals.pixels(), h, diagonals.inOrder(position));
  }

  /** The sum over the pixels whose neighbour is outside, {@code [4h]}. */
  private Operand<TFloat32> sumOver(Operand<TFloat32> gates, int[] pixels) {
    return rows.sum(rows.gathered(gates, diagonals.pixels(), 4 * h, pixels));
  }

  private Operand<TFloat32> throughTap(Operand<TFloat32> tap, Operand<TFloat32> gates) {
    Operand<TFloat32> column = tf.reshape(gates, tf.constant(new int[] {4 * h, 1}));
    return tf.reshape(tf.linalg.matMul(tap, column), tf.constant(new int[] {h}));
  }
}
