package org.pixelrnn.model.scan;

import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import com.google.common.cache.LoadingCache;
import com.google.common.primitives.Ints;
import java.util.ArrayList;
import java.util.List;
import org.pixelrnn.model.graph.Computation;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * A Diagonal BiLSTM (section 3.2): the sum of two recurrences with weights of their own. One {@link
 * Wavefront} runs over the image from left to right, the other over the {@link MirrorImage}:
 *
 * <pre>
 *   y(r,q) = h→(r,q) + h←(r-1,q)
 * </pre>
 *
 * <p>The map h← is shifted down by one row, because h← at a pixel depends on the pixels right of
 * it, which are later pixels. In the first row, the initial h takes the place of h←(r-1,q).
 *
 * <p>Inputs: x {@code [pixels, batch, in]} in pieces, then the {@link LstmWeights} of the
 * left-to-right and of the right-to-left recurrence. Their kernels are {@code [1, 1, in, 4h]}; the
 * taps {@code [2, h, 4h]} are those of the upper and of the left neighbour. The initial states are
 * inputs if they are learned, and 0 otherwise.
 */
public final class DiagonalScan extends Scan {
  private record Sizes(
      Diagonals diagonals,
      int pieces,
      int in,
      int h,
      boolean learnedInitialState,
      Computation computation) {}

  private static final LoadingCache<Sizes, DiagonalScan> SHARED =
      CacheBuilder.newBuilder().weakValues().build(CacheLoader.from(DiagonalScan::new));

  private final Sizes sizes;
  private final Diagonals diagonals;
  private final int[] pieces;
  private final int in;
  private final int h;
  private final boolean learnedInitialState;

  private final MirrorImage mirror;

  private DiagonalScan(Sizes sizes) {
    super(
        "diagonal_scan_"
            + sizes.diagonals.height()
            + "x"
            + sizes.diagonals.width()
            + "_"
            + sizes.pieces
            + "_"
            + sizes.in
            + "_"
            + sizes.h,
        sizes.computation);
    this.sizes = sizes;
    this.diagonals = sizes.diagonals;
    this.pieces = diagonals.pieces(sizes.pieces);
    this.in = sizes.in;
    this.h = sizes.h;
    this.learnedInitialState = sizes.learnedInitialState;
    this.mirror = new MirrorImage(diagonals);
  }

  /**
   * The scan of these sizes; layers of the same sizes share it.
   *
   * @param pieces the number of pieces that maps have, at most the number of diagonals
   * @param in the number of features of x
   * @param h the number of features of h
   */
  public static DiagonalScan of(
      int height, int width, int pieces, int in, int h, boolean learnedInitialState) {
    return SHARED.getUnchecked(
        new Sizes(
            new Diagonals(height, width), pieces, in, h, learnedInitialState, Computation.DEFAULT));
  }

  @Override
  public DiagonalScan computed(Computation computation) {
    return SHARED.getUnchecked(
        new Sizes(diagonals, sizes.pieces, in, h, learnedInitialState, computation));
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

  /** The tape is that of both directions, and then x of the mirror image. */
  @Override
  Result forward(Ops tf, List<Operand<TFloating>> inputs) {
    Call call = new Call(tf, inputs);
    PixelRows rows = call.rows;
    Operand<TFloating> mirroredX =
        call.reordered(call.x, in, mirror.places(), mirror.diagonals().pixels()).get(0);
    List<Operand<TFloating>> rightwards =
        call.rightwards.forward(rows.split(call.x, pieces, diagonals.lengths()));
    List<Operand<TFloating>> leftwards =
        call.leftwards.forward(rows.split(mirroredX, mirror.diagonals().lengths()));

    List<? extends Operand<TFloating>> fromLeft = call.piecesAfterOutside(rightwards.get(0));
    List<Operand<TFloating>> fromRight =
        rows.gather(
            leftwards.get(0),
            1 + mirror.diagonals().pixels(),
            h,
            Diagonals.cut(mirror.placesOfPixelsAbove(), pieces));
    List<Operand<TFloating>> tape = new ArrayList<>(rightwards);
    tape.addAll(leftwards);
    tape.add(mirroredX);
    return new Result(call.sums(fromLeft, fromRight, h), tape);
  }

  @Override
  List<Operand<TFloating>> backward(
      Ops tf,
      List<Operand<TFloating>> inputs,
      List<Operand<TFloating>> tape,
      List<Operand<TFloating>> dy) {
    Call call = new Call(tf, inputs);
    PixelRows rows = call.rows;
    List<Operand<TFloating>> dh = dy.stream().map(piece -> rows.flat(piece, h)).toList();
    // The gradients of h← in the mirror image, and then those of the initial h above the first row.
    int inside = diagonals.pixels() - diagonals.width();
    List<? extends Operand<TFloating>> dhLeftwards =
        call.reordered(dh, h, mirror.placesOfPixelsAboveThenOutside(), inside);
    int endOfRightwards = Tape.shapes(diagonals.count(), h).size();
    int endOfLeftwards = tape.size() - 1;
    Operand<TFloating> mirroredX = tape.get(endOfLeftwards);
    Diagonals mirrored = mirror.diagonals();
    Wavefront.Gradient rightwards =
        call.rightwards.backward(
            rows.split(call.x, pieces, diagonals.halves()),
            tape.subList(0, endOfRightwards),
            rows.split(dh, pieces, diagonals.lengths()));
    Wavefront.Gradient leftwards =
        call.leftwards.backward(
            rows.split(mirroredX, mirrored.halves()),
            tape.subList(endOfRightwards, endOfLeftwards),
            rows.split(
                inside == 0 ? rows.zeros(diagonals.pixels(), h) : dhLeftwards.get(0),
                mirrored.lengths()));

    List<Operand<TFloating>> fromLeft = rows.concat(rightwards.x(), diagonals.halves(), pieces);
    List<Operand<TFloating>> gradients =
        new ArrayList<>(call.sums(fromLeft, call.fromMirror(leftwards.x()), in));
    int weights = LstmWeights.count(learnedInitialState);
    gradients.addAll(rightwards.weights().subList(0, weights));
    gradients.addAll(leftwards.weights().subList(0, weights));
    if (learnedInitialState) {
      // The initial h of the right-to-left recurrence also takes the place of h← in the first row.
      int initialH = gradients.size() - 2;
      gradients.set(initialH, tf.math.add(gradients.get(initialH), rows.sum(dhLeftwards.get(1))));
    }
    return gradients;
  }

  /** The recurrences of a call, and the ways between maps in pieces and the mirror image. */
  private final class Call {
    private final Ops tf;
    private final PixelRows rows;
    private final List<Operand<TFloating>> x;
    private final Wavefront rightwards;
    private final Wavefront leftwards;

    Call(Ops tf, List<Operand<TFloating>> inputs) {
      this.tf = tf;
      rows =
          new PixelRows(
              tf, inputs.get(0), zero(tf), Math.min(diagonals.height(), diagonals.width()) + 1);
      x = inputs.subList(0, pieces.length).stream().map(piece -> rows.flat(piece, in)).toList();
      int weights = LstmWeights.count(learnedInitialState);
      List<Operand<TFloating>> allWeights = inputs.subList(pieces.length, inputs.size());
      rightwards = wavefront(diagonals, allWeights.subList(0, weights));
      leftwards = wavefront(mirror.diagonals(), allWeights.subList(weights, 2 * weights));
    }

    /**
     * Moves the pixels of a map in pieces into another order.
     *
     * @param places the place of each pixel in the new order
     * @param first the number of pixels of the first of the two results
     * @return the first pixels in the new order, and the other pixels
     */
    List<? extends Operand<TFloating>> reordered(
        List<Operand<TFloating>> flats, int features, int[] places, int first) {
      Operand<TFloating> all = rows.stitch(flats, features, Diagonals.cut(places, pieces));
      return rows.split(all, first, diagonals.pixels() - first);
    }

    /**
     * A gradient of the mirror image's x as a gradient of x: 0 at pixels that the mirror image
     * leaves out.
     *
     * @param dx in halves
     * @return in the pieces of this scan's maps
     */
    List<? extends Operand<TFloating>> fromMirror(List<Operand<TFloating>> dx) {
      List<Operand<TFloating>> flats = new ArrayList<>(dx);
      int missing = diagonals.pixels() - mirror.diagonals().pixels();
      if (missing > 0) {
        flats.add(rows.zeros(missing, in));
      }
      int[] sizes = Ints.concat(mirror.diagonals().halves(), new int[] {missing});
      List<int[]> places = Diagonals.cut(mirror.placesInImage(), sizes).subList(0, flats.size());
      return rows.split(rows.stitch(flats, in, places), pieces);
    }

    /** The pieces of a map in which one pixel outside the image comes first. */
    List<? extends Operand<TFloating>> piecesAfterOutside(Operand<TFloating> flat) {
      return rows.split(flat, Ints.concat(new int[] {1}, pieces)).subList(1, 1 + pieces.length);
    }

    /** The sum of two maps, piece by piece, {@code [pixels, batch, features]} each. */
    List<Operand<TFloating>> sums(
        List<? extends Operand<TFloating>> first,
        List<? extends Operand<TFloating>> second,
        int features) {
      List<Operand<TFloating>> sums = new ArrayList<>();
      for (int piece = 0; piece < pieces.length; piece++) {
        Operand<TFloating> sum = tf.math.add(first.get(piece), second.get(piece));
        sums.add(rows.map(sum, pieces[piece], features));
      }
      return sums;
    }

    private Wavefront wavefront(Diagonals over, List<Operand<TFloating>> weights) {
      return new Wavefront(
          tf, rows, cell(tf, h), over, LstmWeights.of(tf, weights, zero(tf), h), in, h);
    }
  }
}
