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
 * neighbour.
 */
public final class DiagonalScan extends Scan {
  private record Sizes(Diagonals diagonals, int in, int h) {}

  private static final LoadingCache<Sizes, DiagonalScan> SHARED =
      CacheBuilder.newBuilder().weakValues().build(CacheLoader.from(DiagonalScan::new));

  private final Diagonals diagonals;
  private final int in;
  private final int h;

  /** In the order of diagonals: where the pixel of the mirror image is. */
  private final int[] mirrored;

  private DiagonalScan(Sizes sizes) {
    super(
        "diagonal_scan_%dx%d_%d_%d"
            .formatted(sizes.diagonals.height(), sizes.diagonals.width(), sizes.in, sizes.h));
    this.diagonals = sizes.diagonals;
    this.in = sizes.in;
    this.h = sizes.h;
    this.mirrored = diagonals.inOrder((r, q) -> mirror(r, q));
  }

  /** The one scan of these sizes. */
  public static DiagonalScan of(int height, int width, int in, int h) {
    return SHARED.getUnchecked(new Sizes(new Diagonals(height, width), in, h));
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
      shapes.add(Shape.of(h));
      shapes.add(Shape.of(h));
    }
    return shapes;
  }

  @Override
  Shape outputShape() {
    return Shape.of(diagonals.pixels(), Shape.UNKNOWN_SIZE, h);
  }

  @Override
  List<Shape> tapeShapes() {
    List<Shape> shapes = new ArrayList<>(Tape.shapes(in + h, h));
    shapes.addAll(Tape.shapes(in + h, h));
    return shapes;
  }

  @Override
  Result forward(Ops tf, List<Operand<TFloat32>> inputs) {
    Both both = new Both(tf, inputs);
    PixelRows rows = both.rows;
    Operand<TFloat32> x = rows.flat(inputs.get(0), in);
    Wavefront.Forward rightwards = both.rightwards.forward(x);
    Wavefront.Forward leftwards =
        both.leftwards.forward(rows.gathered(x, diagonals.pixels(), in, mirrored));
    Operand<TFloat32> extended =
        rows.joined(List.of(rows.filled(both.leftwardsWeights.h(), 1, h), leftwards.h()));
    int[] above = diagonals.inOrder((r, q) -> r == 0 ? 0 : 1 + mirror(r - 1, q));
    Operand<TFloat32> y =
        tf.math.add(rightwards.h(), rows.gathered(extended, 1 + diagonals.pixels(), h, above));
    List<Operand<TFloat32>> tape = new ArrayList<>(rightwards.tape());
    tape.addAll(leftwards.tape());
    return new Result(rows.map(y, diagonals.pixels(), h), tape);
  }

  @Override
  List<Operand<TFloat32>> backward(
      Ops tf, List<Operand<TFloat32>> inputs, List<Operand<TFloat32>> tape, Operand<TFloat32> dy) {
    Both both = new Both(tf, inputs);
    PixelRows rows = both.rows;
    Operand<TFloat32> dh = rows.flat(dy, h);
    // What a pixel of the mirror image gave to the row below; from the last row there is nothing.
    int[] below =
        diagonals.inOrder((r, q) -> r + 1 == diagonals.height() ? 0 : 1 + mirror(r + 1, q));
    Operand<TFloat32> extended = rows.joined(List.of(rows.zeros(1, h), dh));
    List<Operand<TFloat32>> rightwards = both.rightwards.backward(tape.subList(0, Tape.COUNT), dh);
    List<Operand<TFloat32>> leftwards =
        both.leftwards.backward(
            tape.subList(Tape.COUNT, 2 * Tape.COUNT),
            rows.gathered(extended, 1 + diagonals.pixels(), h, below));

    List<Operand<TFloat32>> gradients = new ArrayList<>();
    Operand<TFloat32> dx =
        tf.math.add(
            rightwards.get(0), rows.gathered(leftwards.get(0), diagonals.pixels(), in, mirrored));
    gradients.add(rows.map(dx, diagonals.pixels(), in));
    gradients.addAll(rightwards.subList(1, 1 + LstmWeights.COUNT));
    gradients.addAll(leftwards.subList(1, 4));
    // The leftwards initial h is also what came in above the first row.
    Operand<TFloat32> cameIn =
        rows.sum(rows.gathered(dh, diagonals.pixels(), h, diagonals.firstRow()));
    gradients.add(tf.math.add(leftwards.get(4), cameIn));
    gradients.add(leftwards.get(5));
    return gradients;
  }

  private int mirror(int row, int column) {
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
      LstmWeights first = LstmWeights.of(inputs.subList(1, 1 + LstmWeights.COUNT));
      leftwardsWeights = LstmWeights.of(inputs.subList(1 + LstmWeights.COUNT, inputs.size()));
      rightwards = new Wavefront(tf, rows, diagonals, first, in, h);
      leftwards = new Wavefront(tf, rows, diagonals, leftwardsWeights, in, h);
    }
  }
}
