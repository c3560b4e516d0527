package org.pixelrnn.model.scan;

import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import com.google.common.cache.LoadingCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * A Row LSTM (section 3.1): from the top of the image down, all pixels of a row in one step. With
 * x, h and c at row r and column q,
 *
 * <pre>
 *   gates(r,q) = [x(r,q-1), x(r,q)]·K + [h(r-1,q-1), h(r-1,q), h(r-1,q+1)]·U + b
 *   c(r,q) = f ⊙ c(r-1,q) + i ⊙ g,   h(r,q) = o ⊙ tanh(c(r,q))
 * </pre>
 *
 * <p>with the initial h and c in the row above the first, and 0 beyond the sides.
 *
 * <p>Inputs: x {@code [pixels, batch, in]}, pixels row by row, then {@link LstmWeights} with a
 * kernel {@code [1, 3, in, 4h]}, whose right tap is masked, and the taps {@code [3, h, 4h]} of the
 * row above; the initial state is among them if it is learned, and 0 otherwise.
 */
public final class RowScan extends Scan {
  private record Sizes(int height, int width, int in, int h, boolean learnedInitialState) {}

  private static final LoadingCache<Sizes, RowScan> SHARED =
      CacheBuilder.newBuilder().weakValues().build(CacheLoader.from(RowScan::new));

  private final int height;
  private final int width;
  private final int in;
  private final int h;
  private final boolean learnedInitialState;

  private RowScan(Sizes sizes) {
    super("row_scan_%dx%d_%d_%d".formatted(sizes.height, sizes.width, sizes.in, sizes.h));
    this.height = sizes.height;
    this.width = sizes.width;
    this.in = sizes.in;
    this.h = sizes.h;
    this.learnedInitialState = sizes.learnedInitialState;
  }

  /** The one scan of these sizes. */
  public static RowScan of(int height, int width, int in, int h, boolean learnedInitialState) {
    return SHARED.getUnchecked(new Sizes(height, width, in, h, learnedInitialState));
  }

  @Override
  public int[] order() {
    return IntStream.range(0, height * width).toArray();
  }

  /** One. */
  @Override
  public int[] pieces() {
    return new int[] {height * width};
  }

  @Override
  List<Shape> inputShapes() {
    List<Shape> shapes = new ArrayList<>(pieceShapes(in));
    shapes.add(Shape.of(1, 3, in, 4L * h));
    shapes.add(Shape.of(3, h, 4L * h));
    shapes.add(Shape.of(4L * h));
    if (learnedInitialState) {
      shapes.add(Shape.of(h));
      shapes.add(Shape.of(h));
    }
    return shapes;
  }

  @Override
  List<Shape> outputShapes() {
    return pieceShapes(h);
  }

  @Override
  List<Shape> tapeShapes() {
    List<Shape> shapes = new ArrayList<>(Tape.shapes(height, h));
    shapes.add(Shape.of(Shape.UNKNOWN_SIZE, 2L * in));
    return shapes;
  }

  /** Leaves its tape, and x with its left neighbour beside it. */
  @Override
  Result forward(Ops tf, List<Operand<TFloat32>> inputs) {
    PixelRows rows = new PixelRows(tf, inputs.get(0), width + 2);
    LstmWeights weights = LstmWeights.of(tf, inputs.subList(1, inputs.size()), h);
    Operand<TFloat32> stateMatrix =
        tf.reshape(weights.stateToState(), tf.constant(new int[] {3 * h, 4 * h}));
    LstmStep.Gates gates =
        LstmStep.Gates.of(
            tf, rows.joined(List.of(inputMatrix(tf, weights), stateMatrix)), weights.bias(), h);
    Operand<TFloat32> x = rows.flat(inputs.get(0), in);
    Operand<TFloat32> left = neighbours(rows, x, in, (r, q) -> q == 0 ? 0 : 1 + r * width + q - 1);
    Operand<TFloat32> leftAndX = rows.beside(List.of(left, x));
    List<? extends Operand<TFloat32>> xs = rows.split(leftAndX, eachRow());
    Operand<TFloat32> beyond = rows.zeros(1, h);
    List<LstmStep> steps = new ArrayList<>();
    Operand<TFloat32> above = rows.filled(weights.h(), width, h);
    Operand<TFloat32> c = rows.filled(weights.c(), width, h);
    for (int r = 0; r < height; r++) {
      Operand<TFloat32> padded = rows.joined(List.of(beyond, above, beyond));
      Operand<TFloat32> seen = rows.beside(List.of(xs.get(r), rows.range(padded, 0, width), above));
      LstmStep step = LstmStep.of(tf, seen, rows.range(padded, 2, width), c, gates);
      above = step.h();
      c = step.c();
      steps.add(step);
    }
    List<Operand<TFloat32>> tape =
        new ArrayList<>(Tape.of(rows, List.of(beyond, rows.filled(weights.h(), 1, h)), steps));
    tape.add(leftAndX);
    return new Result(List.of(rows.map(rows.from(tape.get(0), 2), height * width, h)), tape);
  }

  @Override
  List<Operand<TFloat32>> backward(
      Ops tf,
      List<Operand<TFloat32>> inputs,
      List<Operand<TFloat32>> tape,
      List<Operand<TFloat32>> dy) {
    PixelRows rows = new PixelRows(tf, inputs.get(0), width + 2);
    LstmWeights weights = LstmWeights.of(tf, inputs.subList(1, inputs.size()), h);
    Tape steps = new Tape(tf, rows, tape, h, eachRow());
    List<? extends Operand<TFloat32>> dys = rows.split(rows.flat(dy.get(0), h), eachRow());
    List<? extends Operand<TFloat32>> taps = tf.unstack(weights.stateToState(), 3L).output();
    Operand<TFloat32> beyond = rows.zeros(1, h);

    List<Operand<TFloat32>> gates = new ArrayList<>();
    Operand<TFloat32> dh = dys.get(height - 1);
    Operand<TFloat32> dc = rows.zeros(width, h);
    for (int r = height - 1; r >= 0; r--) {
      LstmStep.Gradient gradient = steps.gradient(r, dh, dc);
      gates.add(0, gradient.gates());
      dc = gradient.cPrevious();
      // A pixel gets from the three below it that have seen it, as their left, centre or right.
      Operand<TFloat32> asLeft = backThrough(tf, gradient.gates(), taps.get(0));
      Operand<TFloat32> asRight = backThrough(tf, gradient.gates(), taps.get(2));
      List<Operand<TFloat32>> parts = new ArrayList<>();
      parts.add(backThrough(tf, gradient.gates(), taps.get(1)));
      parts.add(rows.joined(List.of(rows.range(asLeft, 1, width - 1), beyond)));
      parts.add(rows.joined(List.of(beyond, rows.range(asRight, 0, width - 1))));
      if (r > 0) {
        parts.add(dys.get(r - 1));
      }
      dh = tf.math.addN(parts);
    }
    Operand<TFloat32> allGates = rows.joined(gates);

    List<Operand<TFloat32>> seenH = new ArrayList<>();
    for (int column = -1; column <= 1; column++) {
      seenH.add(aboveBeside(rows, steps.h(), column));
    }
    Operand<TFloat32> masked = tf.fill(tf.constant(new int[] {in, 4 * h}), tf.constant(0f));
    List<Operand<TFloat32>> gradients =
        List.of(
            inputGradient(tf, rows, weights, allGates),
            tf.reshape(
                rows.joined(
                    List.of(rows.matrixGradient(tape.get(tape.size() - 1), allGates), masked)),
                tf.constant(new int[] {1, 3, in, 4 * h})),
            tf.stack(seenH.stream().map(seen -> rows.matrixGradient(seen, allGates)).toList()),
            rows.sum(allGates),
            rows.sum(dh),
            rows.sum(dc));
    return gradients.subList(0, inputs.size());
  }

  private int[] eachRow() {
    int[] widths = new int[height];
    Arrays.fill(widths, width);
    return widths;
  }

  /** The two taps of the kernel that are not masked, {@code [2 · in, 4h]}. */
  private Operand<TFloat32> inputMatrix(Ops tf, LstmWeights weights) {
    Operand<TFloat32> all =
        tf.reshape(weights.inputToState(), tf.constant(new int[] {3 * in, 4 * h}));
    return tf.slice(all, tf.constant(new int[] {0, 0}), tf.constant(new int[] {2 * in, 4 * h}));
  }

  /** {@code [pixels, batch, in]}. */
  private Operand<TFloat32> inputGradient(
      Ops tf, PixelRows rows, LstmWeights weights, Operand<TFloat32> gates) {
    Operand<TFloat32> both = backThrough(tf, gates, inputMatrix(tf, weights));
    List<? extends Operand<TFloat32>> parts = tf.split(tf.constant(1), both, 2L).output();
    Operand<TFloat32> asLeft =
        neighbours(rows, parts.get(0), in, (r, q) -> q == width - 1 ? 0 : 1 + r * width + q + 1);
    return rows.map(tf.math.add(parts.get(1), asLeft), height * width, in);
  }

  /** The h of the row above at each pixel's column and so many to the right. */
  private Operand<TFloat32> aboveBeside(PixelRows rows, Operand<TFloat32> all, int right) {
    int[] positions = new int[height * width];
    for (int p = 0; p < positions.length; p++) {
      int column = p % width + right;
      boolean beyond = column < 0 || column >= width;
      positions[p] = beyond ? 0 : p < width ? 1 : 2 + p - width + right;
    }
    return rows.gathered(all, 2 + height * width, h, positions);
  }

  /** At each pixel another one's value, or 0 for position 0. */
  private Operand<TFloat32> neighbours(
      PixelRows rows, Operand<TFloat32> flat, int features, Diagonals.OfPixel position) {
    int[] positions = new int[height * width];
    for (int p = 0; p < positions.length; p++) {
      positions[p] = position.at(p / width, p % width);
    }
    Operand<TFloat32> extended = rows.joined(List.of(rows.zeros(1, features), flat));
    return rows.gathered(extended, 1 + height * width, features, positions);
  }

  private static Operand<TFloat32> backThrough(
      Ops tf, Operand<TFloat32> gates, Operand<TFloat32> matrix) {
    return tf.linalg.matMul(gates, matrix, MatMul.transposeB(true));
  }
}
