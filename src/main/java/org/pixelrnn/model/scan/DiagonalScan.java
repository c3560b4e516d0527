package org.pixelrnn.model.scan;

import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import com.google.common.cache.LoadingCache;
import com.google.common.primitives.Ints;
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
 * <p>Inputs: x {@code [pixels, batch, in]} in pieces, then the {@link LstmWeights} of both
 * directions, with kernels {@code [1, 1, in, 4h]} and the taps {@code [2, h, 4h]} of the upper and
 * of the left neighbour; the initial states are among them if they are learned, and 0 otherwise.
 */
public final class DiagonalScan extends Scan {
  private record Sizes(
      Diagonals diagonals, int pieces, int in, int h, boolean learnedInitialState) {}

  private static final LoadingCache<Sizes, DiagonalScan> SHARED =
      CacheBuilder.newBuilder().weakValues().build(CacheLoader.from(DiagonalScan::new));

  private final Diagonals diagonals;
  private final int[] pieces;
  private final int in;
  private final int h;
  private final boolean learnedInitialState;

  private final MirrorImage mirror;

  private DiagonalScan(Sizes sizes) {
    super(
        "diagonal_scan_%dx%d_%d_%d_%d"
            .formatted(
                sizes.diagonals.height(),
                sizes.diagonals.width(),
                sizes.pieces,
                sizes.in,
                sizes.h));
    this.diagonals = sizes.diagonals;
    this.pieces = diagonals.pieces(sizes.pieces);
    this.in = sizes.in;
    this.h = sizes.h;
    this.learnedInitialState = sizes.learnedInitialState;
    this.mirror = new MirrorImage(diagonals);
  }

  /**
   * The one scan of these sizes.
   *
   * @param pieces that maps are in; there are at least as many diagonals
   */
  public static DiagonalScan of(
      int height, int width, int pieces, int in, int h, boolean learnedInitialState) {
    return SHARED.getUnchecked(
        new Sizes(new Diagonals(height, width), pieces, in, h, learnedInitialState));
  }

  @Override
  public int[] order() {
    return diagonals.inOrder((r, q) -> r * diagonals.width() + q);
  }

  @Override
  public int[] pieces() {
    return pieces.clone();
  }

  @Override
  List<Shape> inputShapes() {
    List<Shape> shapes = new ArrayList<>(pieceShapes(in));
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
  List<Shape> outputShapes() {
    return pieceShapes(h);
  }

  @Override
  List<Shape> tapeShapes() {
    List<Shape> shapes = new ArrayList<>(Tape.shapes(diagonals.count(), h));
    shapes.addAll(Tape.shapes(mirror.diagonals().count(), h));
    shapes.add(Shape.of(Shape.UNKNOWN_SIZE, in));
    return shapes;
  }

  /** Leaves the tapes of both directions, and x as it is leftwards. */
  @Override
  Result forward(Ops tf, List<Operand<TFloat32>> inputs) {
    Both both = new Both(tf, inputs);
    PixelRows rows = both.rows;
    Operand<TFloat32> mirroredX =
        both.stitched(both.x, in, mirror.places(), mirror.diagonals().pixels()).get(0);
    List<Operand<TFloat32>> rightwards =
        both.rightwards.forward(rows.split(both.x, pieces, diagonals.lengths()));
    List<Operand<TFloat32>> leftwards =
        both.leftwards.forward(rows.split(mirroredX, mirror.diagonals().lengths()));

    List<? extends Operand<TFloat32>> fromLeft = both.afterOutside(rightwards.get(0));
    List<Operand<TFloat32>> fromRight =
        rows.gathered(
            leftwards.get(0),
            1 + mirror.diagonals().pixels(),
            h,
            Diagonals.cut(mirror.placesOfPixelsAbove(), pieces));
    List<Operand<TFloat32>> tape = new ArrayList<>(rightwards);
    tape.addAll(leftwards);
    tape.add(mirroredX);
    return new Result(both.sums(fromLeft, fromRight, h), tape);
  }

  @Override
  List<Operand<TFloat32>> backward(
      Ops tf,
      List<Operand<TFloat32>> inputs,
      List<Operand<TFloat32>> tape,
      List<Operand<TFloat32>> dy) {
    Both both = new Both(tf, inputs);
    PixelRows rows = both.rows;
    List<Operand<TFloat32>> dh = dy.stream().map(piece -> rows.flat(piece, h)).toList();
    // What the pixels of the mirror image gave to the row below, and what came in from above.
    int inside = diagonals.pixels() - diagonals.width();
    List<? extends Operand<TFloat32>> given =
        both.stitched(dh, h, mirror.placesOfPixelsAboveThenOutside(), inside);
    int ofRightwards = Tape.shapes(diagonals.count(), h).size();
    int ofBoth = tape.size() - 1;
    Diagonals mirrored = mirror.diagonals();
    Wavefront.Gradient rightwards =
        both.rightwards.backward(
            rows.split(both.x, pieces, diagonals.halves()),
            tape.subList(0, ofRightwards),
            rows.split(dh, pieces, diagonals.lengths()));
    Wavefront.Gradient leftwards =
        both.leftwards.backward(
            rows.split(tape.get(ofBoth), mirrored.halves()),
            tape.subList(ofRightwards, ofBoth),
            rows.split(
                inside == 0 ? rows.zeros(diagonals.pixels(), h) : given.get(0),
                mirrored.lengths()));

    List<Operand<TFloat32>> fromLeft = rows.joined(rightwards.x(), diagonals.halves(), pieces);
    List<Operand<TFloat32>> gradients =
        new ArrayList<>(both.sums(fromLeft, both.fromMirror(leftwards.x()), in));
    int weights = LstmWeights.count(learnedInitialState);
    gradients.addAll(rightwards.weights().subList(0, weights));
    gradients.addAll(leftwards.weights().subList(0, weights));
    if (learnedInitialState) {
      // The leftwards initial h is also what came in above the first row.
      int initialH = gradients.size() - 2;
      gradients.set(initialH, tf.math.add(gradients.get(initialH), rows.sum(given.get(1))));
    }
    return gradients;
  }

  /** A call: both directions, and the way from maps in pieces to the mirror image and back. */
  private final class Both {
    private final Ops tf;
    private final PixelRows rows;
    private final List<Operand<TFloat32>> x;
    private final Wavefront rightwards;
    private final Wavefront leftwards;

    Both(Ops tf, List<Operand<TFloat32>> inputs) {
      this.tf = tf;
      rows = new PixelRows(tf, inputs.get(0), Math.min(diagonals.height(), diagonals.width()) + 1);
      x = inputs.subList(0, pieces.length).stream().map(piece -> rows.flat(piece, in)).toList();
      int weights = LstmWeights.count(learnedInitialState);
      List<Operand<TFloat32>> ofBoth = inputs.subList(pieces.length, inputs.size());
      rightwards = wavefront(diagonals, ofBoth.subList(0, weights));
      leftwards = wavefront(mirror.diagonals(), ofBoth.subList(weights, 2 * weights));
    }

    /** The pixels of all pieces in an order of their own, the first so many apart from the rest. */
    List<? extends Operand<TFloat32>> stitched(
        List<Operand<TFloat32>> flats, int features, int[] places, int first) {
      Operand<TFloat32> all = rows.stitched(flats, features, Diagonals.cut(places, pieces));
      return rows.split(all, first, diagonals.pixels() - first);
    }

    /** The gradient of x from the mirror image's, in halves; 0 for pixels that it has not. */
    List<? extends Operand<TFloat32>> fromMirror(List<Operand<TFloat32>> dx) {
      List<Operand<TFloat32>> flats = new ArrayList<>(dx);
      int missing = diagonals.pixels() - mirror.diagonals().pixels();
      if (missing > 0) {
        flats.add(rows.zeros(missing, in));
      }
      int[] sizes = Ints.concat(mirror.diagonals().halves(), new int[] {missing});
      List<int[]> places = Diagonals.cut(mirror.placesInImage(), sizes).subList(0, flats.size());
      return rows.split(rows.stitched(flats, in, places), pieces);
    }

    /** The pieces of a map that one pixel outside precedes. */
    List<? extends Operand<TFloat32>> afterOutside(Operand<TFloat32> flat) {
      return rows.split(flat, Ints.concat(new int[] {1}, pieces)).subList(1, 1 + pieces.length);
    }

    /** The sum of both directions, piece by piece. */
    List<Operand<TFloat32>> sums(
        List<? extends Operand<TFloat32>> first,
        List<? extends Operand<TFloat32>> second,
        int features) {
      List<Operand<TFloat32>> sums = new ArrayList<>();
      for (int piece = 0; piece < pieces.length; piece++) {
        Operand<TFloat32> sum = tf.math.add(first.get(piece), second.get(piece));
        sums.add(rows.map(sum, pieces[piece], features));
      }
      return sums;
    }

    private Wavefront wavefront(Diagonals over, List<Operand<TFloat32>> weights) {
      return new Wavefront(tf, rows, over, LstmWeights.of(tf, weights, h), in, h);
    }
  }
}
