package org.pixelrnn.model.scan;

import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import com.google.common.cache.LoadingCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pixelrnn.model.graph.Computation;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.family.TFloating;

/**
 * A Row LSTM (section 3.1): one step for each row, from the top of the image down. At row r and
 * column q,
 *
 * <pre>
 *   gates(r,q) = [x(r,q-1), x(r,q)]·K + [h(r-1,q-1), h(r-1,q), h(r-1,q+1)]·U + b
 *   c(r,q) = f ⊙ c(r-1,q) + i ⊙ g,   h(r,q) = o ⊙ tanh(c(r,q))
 * </pre>
 *
 * <p>The initial h and c stand for the row above the first row. Left and right of the image, x and
 * h are 0.
 *
 * <p>Inputs: x {@code [pixels, batch, in]}, row by row and in one piece; then the {@link
 * LstmWeights}. Their kernel is {@code [1, 3, in, 4h]} with a masked right tap; the taps of the row
 * above are {@code [3, h, 4h]}. The initial state is an input if it is learned, and 0 otherwise.
 */
public final class RowScan extends Scan {
  private record Sizes(
      int height, int width, int in, int h, boolean learnedInitialState, Computation computation) {}

  private static final LoadingCache<Sizes, RowScan> SHARED =
      CacheBuilder.newBuilder().weakValues().build(CacheLoader.from(RowScan::new));

  private final Sizes sizes;
  private final int height;
  private final int width;
  private final int in;
  private final int h;
  private final boolean learnedInitialState;

  private RowScan(Sizes sizes) {
    super(
        "row_scan_" + sizes.height + "x" + sizes.width + "_" + sizes.in + "_" + sizes.h,
        sizes.computation);
    this.sizes = sizes;
    this.height = sizes.height;
    this.width = sizes.width;
    this.in = sizes.in;
    this.h = sizes.h;
    this.learnedInitialState = sizes.learnedInitialState;
  }

  /**
   * The scan of these sizes; layers of the same sizes share it.
   *
   * @param in the number of features of x
   * @param h the number of features of h
   */
  public static RowScan of(int height, int width, int in, int h, boolean learnedInitialState) {
    return SHARED.getUnchecked(
        new Sizes(height, width, in, h, learnedInitialState, Computation.DEFAULT));
  }

  @Override
  public RowScan computed(Computation computation) {
    return SHARED.getUnchecked(
        new Sizes(height, width, in, h, sizes.learnedInitialState, computation));
  }

  @Override
  public int[] order() {
    return IntStream.range(0, height * width).toArray();
  }

  /** A single piece. */
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

  /** The tape is that of the steps, and then {@code [x(r,q-1), x(r,q)]} of all pixels. */
  @Override
  Result forward(Ops tf, List<Operand<TFloating>> inputs) {
    PixelRows rows = new PixelRows(tf, inputs.get(0), zero(tf), width + 2);
    LstmWeights weights = LstmWeights.of(tf, inputs.subList(1, inputs.size()), zero(tf), h);
    Operand<TFloating> stateMatrix =
        tf.reshape(weights.stateToState(), tf.constant(new int[] {3 * h, 4 * h}));
    RecurrentCell cell = cell(tf, h);
    RecurrentCell.Gates gates =
        new RecurrentCell.Gates(
            rows.concat(List.of(inputMatrix(tf, weights), stateMatrix)), weights.bias());
    Operand<TFloating> x = rows.flat(inputs.get(0), in);
    Operand<TFloating> left = neighbours(rows, x, in, (r, q) -> q == 0 ? 0 : 1 + r * width + q - 1);
    Operand<TFloating> leftAndX = rows.concatFeatures(List.of(left, x));
    List<? extends Operand<TFloating>> xs = rows.split(leftAndX, rowLengths());
    Operand<TFloating> zeroPixel = rows.zeros(1, h);
    List<LstmStep> steps = new ArrayList<>();
    Operand<TFloating> above = rows.broadcast(weights.h(), width, h);
    Operand<TFloating> c = rows.broadcast(weights.c(), width, h);
    for (int r = 0; r < height; r++) {
      Operand<TFloating> padded = rows.concat(List.of(zeroPixel, above, zeroPixel));
      Operand<TFloating> aboveLeft = rows.range(padded, 0, width);
      Operand<TFloating> aboveRight = rows.range(padded, 2, width);
      Operand<TFloating> input = rows.concatFeatures(List.of(xs.get(r), aboveLeft, above));
      LstmStep step = cell.step(gates, input, aboveRight, c);
      above = step.h();
      c = step.c();
      steps.add(step);
    }
    List<Operand<TFloating>> tape =
        new ArrayList<>(
            Tape.of(rows, List.of(zeroPixel, rows.broadcast(weights.h(), 1, h)), steps));
    tape.add(leftAndX);
    Operand<TFloating> hOfPixels = rows.split(tape.get(0), 2, height * width).get(1);
    return new Result(List.of(rows.map(hOfPixels, height * width, h)), tape);
  }

  @Override
  List<Operand<TFloating>> backward(
      Ops tf,
      List<Operand<TFloating>> inputs,
      List<Operand<TFloating>> tape,
      List<Operand<TFloating>> dy) {
    PixelRows rows = new PixelRows(tf, inputs.get(0), zero(tf), width + 2);
    LstmWeights weights = LstmWeights.of(tf, inputs.subList(1, inputs.size()), zero(tf), h);
    Tape steps = new Tape(rows, tape, rowLengths());
    RecurrentCell cell = cell(tf, h);
    List<? extends Operand<TFloating>> dys = rows.split(rows.flat(dy.get(0), h), rowLengths());
    List<? extends Operand<TFloating>> taps = tf.unstack(weights.stateToState(), 3L).output();
    Operand<TFloating> zeroPixel = rows.zeros(1, h);

    List<Operand<TFloating>> gates = new ArrayList<>();
    Operand<TFloating> dh = dys.get(height - 1);
    Operand<TFloating> dc = rows.zeros(width, h);
    for (int r = height - 1; r >= 0; r--) {
      LstmStep.Gradient gradient = cell.gradient(steps.step(r), dh, dc);
      gates.add(0, gradient.gates());
      dc = gradient.cPrevious();
      // The h of a pixel has a gradient from y and from three pixels of the row below: it is the
      // left
      // tap of one, the centre tap of another, and the right tap of the third.
      Operand<TFloating> asLeft = backThrough(tf, gradient.gates(), taps.get(0));
      Operand<TFloating> asRight = backThrough(tf, gradient.gates(), taps.get(2));
      List<Operand<TFloating>> parts = new ArrayList<>();
      parts.add(backThrough(tf, gradient.gates(), taps.get(1)));
      parts.add(rows.concat(List.of(rows.range(asLeft, 1, width - 1), zeroPixel)));
      parts.add(rows.concat(List.of(zeroPixel, rows.range(asRight, 0, width - 1))));
      if (r > 0) {
        parts.add(dys.get(r - 1));
      }
      dh = tf.math.addN(parts);
    }
    Operand<TFloating> allGates = rows.concat(gates);

    List<Operand<TFloating>> neighbours = new ArrayList<>();
    for (int offset = -1; offset <= 1; offset++) {
      neighbours.add(rowAbove(rows, steps.h(), offset));
    }
    Operand<TFloating> masked = tf.fill(tf.constant(new int[] {in, 4 * h}), zero(tf));
    List<Operand<TFloating>> gradients =
        List.of(
            inputGradient(tf, rows, weights, allGates),
            tf.reshape(
                rows.concat(
                    List.of(rows.matrixGradient(tape.get(tape.size() - 1), allGates), masked)),
                tf.constant(new int[] {1, 3, in, 4 * h})),
            tf.stack(
                neighbours.stream()
                    .map(neighbour -> rows.matrixGradient(neighbour, allGates))
                    .toList()),
            rows.sum(allGates),
            rows.sum(dh),
            rows.sum(dc));
    return gradients.subList(0, inputs.size());
  }

  private int[] rowLengths() {
    int[] widths = new int[height];
    Arrays.fill(widths, width);
    return widths;
  }

  /** The left and the centre tap of the kernel as a matrix, {@code [2 · in, 4h]}. */
  private Operand<TFloating> inputMatrix(Ops tf, LstmWeights weights) {
    Operand<TFloating> allTaps =
        tf.reshape(weights.inputToState(), tf.constant(new int[] {3 * in, 4 * h}));
    return tf.slice(allTaps, tf.constant(new int[] {0, 0}), tf.constant(new int[] {2 * in, 4 * h}));
  }

  /** The gradient of x, {@code [pixels, batch, in]}. */
  private Operand<TFloating> inputGradient(
      Ops tf, PixelRows rows, LstmWeights weights, Operand<TFloating> gates) {
    Operand<TFloating> leftAndX = backThrough(tf, gates, inputMatrix(tf, weights));
    List<? extends Operand<TFloating>> parts = tf.split(tf.constant(1), leftAndX, 2L).output();
    Operand<TFloating> asLeft =
        neighbours(rows, parts.get(0), in, (r, q) -> q == width - 1 ? 0 : 1 + r * width + q + 1);
    return rows.map(tf.math.add(parts.get(1), asLeft), height * width, in);
  }

  /**
   * For each pixel, the h of the row above at the pixel's column plus an offset.
   *
   * @param outsideAndH one pixel of zeros, one pixel of the initial h, then the h of all pixels
   */
  private Operand<TFloating> rowAbove(PixelRows rows, Operand<TFloating> outsideAndH, int offset) {
    int[] positions = new int[height * width];
    for (int p = 0; p < positions.length; p++) {
      int column = p % width + offset;
      boolean outside = column < 0 || column >= width;
      positions[p] = outside ? 0 : p < width ? 1 : 2 + p - width + offset;
    }
    return rows.gather(outsideAndH, 2 + height * width, h, positions);
  }

  /**
   * For each pixel, the value of another pixel.
   *
   * @param position gives 1 + the position of the other pixel, or 0 for the value 0
   */
  private Operand<TFloating> neighbours(
      PixelRows rows, Operand<TFloating> flat, int features, Diagonals.PixelFunction position) {
    int[] positions = new int[height * width];
    for (int p = 0; p < positions.length; p++) {
      positions[p] = position.at(p / width, p % width);
    }
    Operand<TFloating> zeroAndFlat = rows.concat(List.of(rows.zeros(1, features), flat));
    return rows.gather(zeroAndFlat, 1 + height * width, features, positions);
  }

  /** The gradient of the input of a product with a matrix, from the gradient of the gates. */
  private static Operand<TFloating> backThrough(
      Ops tf, Operand<TFloating> gates, Operand<TFloating> matrix) {
    return tf.linalg.matMul(gates, matrix, MatMul.transposeB(true));
  }
}
