package org.pixelrnn.model.scan;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.family.TFloating;

/**
 * A Diagonal LSTM (section 3.2) in one direction, from left to right: one step for each of the
 * {@link Diagonals}. At row r and column q,
 *
 * <pre>
 *   gates(r,q) = x(r,q)·K + h(r-1,q)·U₀ + h(r,q-1)·U₁ + b
 *   c(r,q) = f ⊙ c(r,q-1) + i ⊙ g,   h(r,q) = o ⊙ tanh(c(r,q))
 * </pre>
 *
 * <p>The initial h and c stand for pixels outside the image. All neighbours of a diagonal are one
 * range of pixels: the diagonal before it, with a pixel outside at either end where the image ends.
 * In an image of 3×4 pixels, diagonal 3 is (0,3), (1,2), (2,1):
 *
 * <pre>
 *   neighbour     outside   (0,2)   (1,1)   (2,0)
 *   is above       (0,3)    (1,2)   (2,1)
 *   is left of              (0,3)   (1,2)   (2,1)
 * </pre>
 *
 * <p>The adjoint runs through the diagonals backwards and computes only the gradients of the gates.
 * The gradients of x, K, U and b follow from these, for all pixels at once.
 */
final class Wavefront {
  private final Ops tf;
  private final PixelRows rows;
  private final RecurrentCell cell;
  private final Diagonals diagonals;
  private final LstmWeights weights;
  private final int in;
  private final int h;

  /**
   * A recurrence over an image.
   *
   * @param diagonals the diagonals of the image
   * @param in the number of features of x
   * @param h the number of features of h
   */
  Wavefront(
      Ops tf,
      PixelRows rows,
      RecurrentCell cell,
      Diagonals diagonals,
      LstmWeights weights,
      int in,
      int h) {
    this.tf = tf;
    this.rows = rows;
    this.cell = cell;
    this.diagonals = diagonals;
    this.weights = weights;
    this.in = in;
    this.h = h;
  }

  /**
   * The gradients that the adjoint computes.
   *
   * @param x the gradient of x, {@code [pixels · batch, in]}, in {@link Diagonals#halves}
   * @param weights the gradients of the five {@link LstmWeights}, in order
   */
  record Gradient(List<Operand<TFloating>> x, List<Operand<TFloating>> weights) {}

  /**
   * Adds the operations of all steps.
   *
   * @param xs x of each diagonal, {@code [pixels · batch, in]}
   * @return a {@link Tape}; its first tensor is the initial h and the h of all pixels, {@code [(1 +
   *     pixels) · batch, h]}
   */
  List<Operand<TFloating>> forward(List<? extends Operand<TFloating>> xs) {
    Operand<TFloating> matrix = rows.concat(List.of(inputMatrix(), stateMatrix()));
    RecurrentCell.Gates gates = new RecurrentCell.Gates(matrix, weights.bias());
    Operand<TFloating> outsideH = rows.broadcast(weights.h(), 1, h);
    Operand<TFloating> outsideC = rows.broadcast(weights.c(), 1, h);
    List<LstmStep> steps = new ArrayList<>();
    for (int d = 0; d < diagonals.count(); d++) {
      int length = diagonals.length(d);
      // From the pixel above the uppermost one to the pixel left of the lowest one.
      List<Operand<TFloating>> neighbours = new ArrayList<>();
      List<Operand<TFloating>> cLeft = new ArrayList<>();
      if (diagonals.beginsAtTop(d)) {
        neighbours.add(outsideH);
      }
      if (d > 0) {
        LstmStep last = steps.get(d - 1);
        neighbours.add(last.h());
        int inside = diagonals.endsAtLeft(d) ? length - 1 : length;
        if (diagonals.beginsAtTop(d)) {
          cLeft.add(last.c());
        } else if (inside > 0) {
          cLeft.add(rows.range(last.c(), 1, inside));
        }
      }
      if (diagonals.endsAtLeft(d)) {
        neighbours.add(outsideH);
        cLeft.add(outsideC);
      }
      Operand<TFloating> joined = rows.concat(neighbours);
      Operand<TFloating> above = rows.range(joined, 0, length);
      Operand<TFloating> left = rows.range(joined, 1, length);
      Operand<TFloating> xAndAbove = rows.concatFeatures(List.of(xs.get(d), above));
      steps.add(cell.step(gates, xAndAbove, left, rows.concat(cLeft)));
    }
    return Tape.of(rows, List.of(outsideH), steps);
  }

  /**
   * Adds the operations of the adjoint.
   *
   * @param x x of all pixels, {@code [pixels · batch, in]}, in {@link Diagonals#halves}
   * @param tape the result of {@link #forward}
   * @param dhs the gradient of the h of each diagonal, {@code [pixels · batch, h]}
   */
  Gradient backward(
      List<? extends Operand<TFloating>> x,
      List<Operand<TFloating>> tape,
      List<? extends Operand<TFloating>> dhs) {
    Tape steps = new Tape(rows, tape, diagonals.lengths());
    StepGradients stepGradients = stepGradients(steps, dhs);
    // Large tensors are made in halves: each half is used while it is still in the cache.
    List<Operand<TFloating>> gates =
        rows.concat(stepGradients.gates, diagonals.lengths(), diagonals.halves());
    List<Operand<TFloating>> above =
        neighbours(steps.h(), (r, q) -> r == 0 ? 0 : 1 + diagonals.position(r - 1, q));
    List<Operand<TFloating>> left =
        neighbours(steps.h(), (r, q) -> q == 0 ? 0 : 1 + diagonals.position(r, q - 1));
    return new Gradient(
        gates.stream().<Operand<TFloating>>map(this::inputGradient).toList(),
        List.of(
            tf.reshape(matrixGradient(x, gates), tf.constant(new int[] {1, 1, in, 4 * h})),
            tf.stack(List.of(matrixGradient(above, gates), matrixGradient(left, gates))),
            sum(gates.stream().<Operand<TFloating>>map(rows::biasGradient).toList()),
            rows.sum(rows.concat(stepGradients.outsideH)),
            rows.sum(rows.concat(stepGradients.outsideC))));
  }

  /**
   * The gradients that flow back through the steps.
   *
   * @param gates the gradients of each diagonal's gates before their σ and tanh, {@code [pixels ·
   *     batch, 4h]}
   * @param outsideH the gradients of the initial h, one pixel for each use of it, {@code [batch,
   *     h]}
   * @param outsideC the gradients of the initial c, likewise
   */
  private record StepGradients(
      List<Operand<TFloating>> gates,
      List<Operand<TFloating>> outsideH,
      List<Operand<TFloating>> outsideC) {}

  private StepGradients stepGradients(Tape steps, List<? extends Operand<TFloating>> dhs) {
    int[] lengths = diagonals.lengths();
    Operand<TFloating> zeroPixel = rows.zeros(1, h);
    // Transposed once, and not in each product.
    Operand<TFloating> transposed =
        tf.linalg.transpose(stateMatrix(), tf.constant(new int[] {1, 0}));

    int last = diagonals.count() - 1;
    List<Operand<TFloating>> gates = new ArrayList<>();
    List<Operand<TFloating>> outsideH = new ArrayList<>();
    List<Operand<TFloating>> outsideC = new ArrayList<>();
    Operand<TFloating> dhAll = dhs.get(last);
    Operand<TFloating> dc = rows.zeros(lengths[last], h);
    for (int d = last; d >= 0; d--) {
      LstmStep.Gradient gradient = cell.gradient(steps.step(d), dhAll, dc);
      gates.add(0, gradient.gates());
      // The gradients of the upper neighbours' h, and beside them those of the left neighbours' h.
      // The
      // upper neighbour of the first pixel and the left neighbour of the last pixel may be outside.
      Operand<TFloating> neighbourGradients = tf.linalg.matMul(gradient.gates(), transposed);
      int above = diagonals.beginsAtTop(d) ? 1 : 0;
      int inside = diagonals.endsAtLeft(d) ? lengths[d] - 1 : lengths[d];
      Operand<TFloating> dcInside = gradient.cPrevious();
      if (diagonals.beginsAtTop(d)) {
        outsideH.add(rows.range(neighbourGradients, 0, 1, 0, h));
      }
      if (diagonals.endsAtLeft(d)) {
        outsideH.add(rows.range(neighbourGradients, inside, 1, h, h));
        outsideC.add(rows.range(dcInside, inside, 1));
        dcInside = rows.range(dcInside, 0, inside);
      }
      if (d > 0) {
        Operand<TFloating> fromBelow =
            rows.range(neighbourGradients, above, lengths[d] - above, 0, h);
        Operand<TFloating> fromRight = rows.range(neighbourGradients, 0, inside, h, h);
        if (!diagonals.endsAtLeft(d)) {
          fromBelow = rows.concat(List.of(fromBelow, zeroPixel));
        }
        if (!diagonals.beginsAtTop(d)) {
          fromRight = rows.concat(List.of(zeroPixel, fromRight));
          dcInside = inside == 0 ? zeroPixel : rows.concat(List.of(zeroPixel, dcInside));
        }
        // The h of a pixel has a gradient from y, from the pixel below and from the pixel on the
        // right.
        dhAll = tf.math.addN(List.of(dhs.get(d - 1), fromBelow, fromRight));
        dc = dcInside;
      }
    }
    return new StepGradients(gates, outsideH, outsideC);
  }

  /** K as a matrix, {@code [in, 4h]}. */
  private Operand<TFloating> inputMatrix() {
    return tf.reshape(weights.inputToState(), tf.constant(new int[] {in, 4 * h}));
  }

  /** U₀ above U₁, {@code [2h, 4h]}. */
  private Operand<TFloating> stateMatrix() {
    return tf.reshape(weights.stateToState(), tf.constant(new int[] {2 * h, 4 * h}));
  }

  private Operand<TFloating> inputGradient(Operand<TFloating> gates) {
    return tf.linalg.matMul(gates, inputMatrix(), MatMul.transposeB(true));
  }

  /**
   * The gradient of a matrix.
   *
   * @param inputs the tensors that were multiplied with the matrix, in halves
   * @param gates the gradients of the gates, in halves
   */
  private Operand<TFloating> matrixGradient(
      List<? extends Operand<TFloating>> inputs, List<Operand<TFloating>> gates) {
    List<Operand<TFloating>> gradients = new ArrayList<>();
    for (int half = 0; half < gates.size(); half++) {
      gradients.add(rows.matrixGradient(inputs.get(half), gates.get(half)));
    }
    return sum(gradients);
  }

  private Operand<TFloating> sum(List<Operand<TFloating>> halves) {
    return halves.size() == 1 ? halves.get(0) : tf.math.addN(halves);
  }

  /**
   * The h of a neighbour of each pixel, {@code [pixels · batch, h]}, in halves.
   *
   * @param outsideAndH the initial h, then the h of all pixels
   * @param position gives the neighbour's position in that tensor
   */
  private List<Operand<TFloating>> neighbours(
      Operand<TFloating> outsideAndH, Diagonals.PixelFunction position) {
    return rows.gather(
        outsideAndH,
        1 + diagonals.pixels(),
        h,
        Diagonals.cut(diagonals.inOrder(position), diagonals.halves()));
  }
}
