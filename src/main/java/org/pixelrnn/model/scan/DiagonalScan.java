package org.pixelrnn.model.scan;

import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import com.google.common.cache.LoadingCache;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A Diagonal BiLSTM (section 3.2): a {@link Wavefront} from left to right, a second one with
 * weights of its own over the mirror image, and the sum of both,
 *
 * <pre>
 *   y(r,q) = h→(r,q) + h←(r-1,q)
 * </pre>
 *
 * <p>where the map of the second is shifted down by one row: h← at a pixel has seen those right of
 * it, which come later. The row that comes in from above is the initial state.
 *
 * <p>Inputs: x {@code [pixels, batch, in]}, then the {@link LstmWeights} of both directions, with
 * kernels {@code [1, 1, in, 4h]} and the taps {@code [2, h, 4h]} of the upper and of the left
 * neighbour; the initial states are among them if they are learned, and 0 otherwise.
 */
public final class DiagonalScan extends Scan {
  private record Sizes(Diagonals diagonals, int in, int h, boolean learnedInitialState) {}

  private static final LoadingCache<Sizes, DiagonalScan> SHARED =
      CacheBuilder.newBuilder().weakValues().build(CacheLoader.from(DiagonalScan::new));

  private final Diagonals diagonals;
  private final int in;
  private final int h;
  private final boolean learnedInitialState;

  /**
   * Those of the rows that are seen from below: what leftwards becomes of the last, nobody sees.
   */
  private final Diagonals seenFromBelow;

  /** In the order of these: where the pixel of the mirror image is. */
  private final int[] mirrored;

  private DiagonalScan(Sizes sizes) {
    super(
        "diagonal_scan_%dx%d_%d_%d"
            .formatted(sizes.diagonals.height(), sizes.diagonals.width(), sizes.in, sizes.h));
    this.diagonals = sizes.diagonals;
    this.in = sizes.in;
    this.h = sizes.h;
    this.learnedInitialState = sizes.learnedInitialState;
    // An image of one row has no such rows; but a recurrence has weights, which have a gradient.
    this.seenFromBelow = new Diagonals(Math.max(1, diagonals.height() - 1), diagonals.width());
    this.mirrored = seenFromBelow.inOrder((r, q) -> mirror(diagonals, r, q));
  }

  /** The one scan of these sizes. */
  public static DiagonalScan of(int height, int width, int in, int h, boolean learnedInitialState) {
    return SHARED.getUnchecked(new Sizes(new Diagonals(height, width), in, h, learnedInitialState));
  }

  @Override
  public int[] order() {
    return diagonals.inOrder((r, q) -> r * diagonals.width() + q);
  }

  @Override
  List<Shape> inputShapes() {
    List<Shape> shapes = new ArrayList<>();
    shapes.add(Shape.of(diagonals.pixels(), Shape.UNKNOWN_SIZE, in));
    for (int direction = 0; direction < 2; direction++) {
      shapes.add(Shape.of(1, 1, in, 4L * h));
      shapes.add(Shape.of(2, h, 4L * h));
      shapes.add(Shape.of(4L * h));
      if (learnedInitialState) {
        shapes.add(Shape.of(h));
        shapes.add(Shape.of(h));
      }
    }
    return shapes;
  }

  @Override
  Shape outputShape() {
    return Shape.of(diagonals.pixels(), Shape.UNKNOWN_SIZE, h);
  }

  @Override
  List<Shape> tapeShapes() {
    List<Shape> shapes = new ArrayList<>(Tape.shapes(h));
    shapes.addAll(Tape.shapes(h));
    shapes.add(Shape.of(Shape.UNKNOWN_SIZE, in));
    return shapes;
  }

  /** Leaves the tapes of both directions, and x as it is leftwards. */
  @Override
  Result forward(Ops tf, List<Operand<TFloat32>> inputs) {
    Both both = new Both(tf, inputs);
    PixelRows rows = both.rows;
    Operand<TFloat32> x = rows.flat(inputs.get(0), in);
    Operand<TFloat32> mirroredX = rows.gathered(x, diagonals.pixels(), in, mirrored);
    List<Operand<TFloat32>> rightwards = both.rightwards.forward(x);
    List<Operand<TFloat32>> leftwards = both.leftwards.forward(mirroredX);
    Operand<TFloat32> extended =
        rows.joined(List.of(rows.filled(both.leftwardsWeights.h(), 1, h), leftwards.get(0)));
    int[] above = diagonals.inOrder((r, q) -> r == 0 ? 0 : 1 + mirror(seenFromBelow, r - 1, q));
    Operand<TFloat32> y =
        tf.math.add(
            rightwards.get(0), rows.gathered(extended, 1 + seenFromBelow.pixels(), h, above));
    List<Operand<TFloat32>> tape = new ArrayList<>(rightwards);
    tape.addAll(leftwards);
    tape.add(mirroredX);
    return new Result(rows.map(y, diagonals.pixels(), h), tape);
  }

  @Override
  List<Operand<TFloat32>> backward(
      Ops tf, List<Operand<TFloat32>> inputs, List<Operand<TFloat32>> tape, Operand<TFloat32> dy) {
    Both both = new Both(tf, inputs);
    PixelRows rows = both.rows;
    Operand<TFloat32> dh = rows.flat(dy, h);
    // What a pixel of the mirror image gave to the row below; if there is only one row, nothing.
    int[] below =
        seenFromBelow.inOrder(
            (r, q) -> r + 1 == diagonals.height() ? 0 : 1 + mirror(diagonals, r + 1, q));
    Operand<TFloat32> extended = rows.joined(List.of(rows.zeros(1, h), dh));
    List<Operand<TFloat32>> rightwards =
        both.rightwards.backward(rows.flat(inputs.get(0), in), tape.subList(0, Tape.COUNT), dh);
    List<Operand<TFloat32>> leftwards =
        both.leftwards.backward(
            tape.get(2 * Tape.COUNT),
            tape.subList(Tape.COUNT, 2 * Tape.COUNT),
            rows.gathered(extended, 1 + diagonals.pixels(), h, below));

    List<Operand<TFloat32>> gradients = new ArrayList<>();
    gradients.add(
        tf.tensorScatterNdAdd(
            rows.map(rightwards.get(0), diagonals.pixels(), in),
            tf.reshape(tf.constant(mirrored), tf.constant(new int[] {-1, 1})),
            rows.map(leftwards.get(0), seenFromBelow.pixels(), in)));
    int weights = LstmWeights.count(learnedInitialState);
    gradients.addAll(rightwards.subList(1, 1 + weights));
    gradients.addAll(leftwards.subList(1, 1 + weights));
    if (learnedInitialState) {
      // The leftwards initial h is also what came in above the first row.
      Operand<TFloat32> cameIn =
          rows.sum(rows.gathered(dh, diagonals.pixels(), h, diagonals.firstRow()));
      int initialH = gradients.size() - 2;
      gradients.set(initialH, tf.math.add(gradients.get(initialH), cameIn));
    }
    return gradients;
  }

  private static int mirror(Diagonals diagonals, int row, int column) {
    return diagonals.position(row, diagonals.width() - 1 - column);
  }

  /** The two directions of a call. */
  private final class Both {
    private final PixelRows rows;
    private final LstmWeights leftwardsWeights;
    private final Wavefront rightwards;
    private final Wavefront leftwards;

    Both(Ops tf, List<Operand<TFloat32>> inputs) {
      this.rows =
          new PixelRows(tf, inputs.get(0), Math.min(diagonals.height(), diagonals.width()) + 1);
      int weights = LstmWeights.count(learnedInitialState);
      LstmWeights first = LstmWeights.of(tf, inputs.subList(1, 1 + weights), h);
      leftwardsWeights = LstmWeights.of(tf, inputs.subList(1 + weights, 1 + 2 * weights), h);
      rightwards = new Wavefront(tf, rows, diagonals, first, in, h);
      leftwards = new Wavefront(tf, rows, seenFromBelow, leftwardsWeights, in, h);
    }
  }
}
