package org.pixelrnn.model.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pixelrnn.model.graph.BatchSize;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.PairwiseSum;
import org.pixelrnn.model.scan.Scan;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TType;

/**
 * The memory layout of feature maps between the first convolution and the logits. There are two
 * kinds. For a map of 3×4 pixels, in the order of a Diagonal BiLSTM and in two pieces:
 *
 * <pre>
 *   images                            pixels first, in the order of a scan
 *   [batch, height, width, features]  [pixels, batch, features] for each piece
 *
 *    0   1   2   3                    piece 0:   0 │ 1  4 │ 2  5  8
 *    4   5   6   7                    piece 1:   3  6  9 │ 7  10 │ 11
 *    8   9  10  11
 * </pre>
 *
 * <p>With the pixels first, the input of each step of a recurrence is contiguous. The 1×1
 * convolutions between the recurrences work on either kind, piece by piece.
 */
public final class MapLayout {
  /** Images, {@code [batch, height, width, features]}, in one piece. */
  public static final MapLayout IMAGES = new MapLayout(0, 0, List.of());

  private final int height;
  private final int width;

  /** The pixels of each piece in order, {@code row · width + column}; empty for images. */
  private final List<int[]> pieces;

  private MapLayout(int height, int width, List<int[]> pieces) {
    this.height = height;
    this.width = width;
    this.pieces = pieces;
  }

  /** The layout of the maps of a scan. */
  static MapLayout of(int height, int width, Scan scan) {
    List<int[]> pieces = new ArrayList<>();
    int from = 0;
    for (int pixels : scan.pieces()) {
      pieces.add(Arrays.copyOfRange(scan.order(), from, from + pixels));
      from += pixels;
    }
    return new MapLayout(height, width, List.copyOf(pieces));
  }

  private boolean isImages() {
    return pieces.isEmpty();
  }

  /** The number of pieces. */
  public int pieces() {
    return isImages() ? 1 : pieces.size();
  }

  /**
   * Brings images into this layout.
   *
   * @param maps each map is given in parts of the batch, {@code [m, height, width, features]}; it
   *     has as many parts as this layout has pieces
   * @return the pieces of each map, for the whole batch
   */
  public List<List<Operand<TFloating>>> pack(
      BuildContext context, List<List<Operand<TFloating>>> maps) {
    if (isImages()) {
      return maps;
    }
    // Read here, because TensorFlow does not always know the number of features of a gradient.
    List<Long> features = maps.stream().map(map -> map.get(0).shape().get(3)).toList();
    List<List<Operand<TFloating>>> packed = new ArrayList<>();
    for (int i = 0; i < maps.size(); i++) {
      packed.add(packed(context.tf(), maps.get(i), features.get(i)));
    }
    context
        .chainRule()
        .call(
            flat(maps),
            flat(packed),
            (tf, gradients) -> {
              List<Operand<TFloating>> unpacked = new ArrayList<>();
              for (int i = 0; i < maps.size(); i++) {
                unpacked.addAll(
                    unpacked(
                        tf,
                        gradients.subList(i * pieces(), (i + 1) * pieces()),
                        maps.get(i),
                        features.get(i)));
              }
              return unpacked;
            });
    return packed;
  }

  /**
   * Brings a map in this layout back to images.
   *
   * @param map piece by piece
   * @return {@code [batch, height, width, features]}
   */
  public Operand<TFloating> unpack(BuildContext context, List<Operand<TFloating>> map) {
    if (isImages()) {
      return map.get(0);
    }
    long features = map.get(0).shape().get(2);
    Operand<TFloating> unpacked = images(context.tf(), map, features);
    context
        .chainRule()
        .call(map, List.of(unpacked), (tf, gradients) -> packed(tf, gradients, features));
    return unpacked;
  }

  /**
   * Brings images into this layout that need no gradient.
   *
   * @param map {@code [batch, height, width, features]}
   * @return the pieces of the map
   */
  public <T extends TType> List<Operand<T>> packWithoutGradient(Ops tf, Operand<T> map) {
    return isImages() ? List.of(map) : packed(tf, List.of(map), map.shape().get(3));
  }

  /**
   * The sum over all pixels and features of each image, {@code [batch]}.
   *
   * @param map a map in this layout, piece by piece
   */
  public Operand<TFloat32> sumPerImage(Ops tf, List<Operand<TFloat32>> map) {
    int[] summedAxes = isImages() ? new int[] {1, 2, 3} : new int[] {0, 2};
    List<Operand<TFloat32>> sums =
        map.stream()
            .<Operand<TFloat32>>map(piece -> tf.reduceSum(piece, tf.constant(summedAxes)))
            .toList();
    return sums.size() == 1 ? sums.get(0) : tf.math.addN(sums);
  }

  /**
   * The sum of {@link #sumPerImage}, added up in the order of {@link PairwiseSum}. It is the same
   * in every runtime.
   *
   * @param map a map in this layout, piece by piece
   */
  public Operand<TFloat32> pairwiseSumPerImage(Ops tf, List<Operand<TFloat32>> map) {
    List<Operand<TFloat32>> terms = new ArrayList<>();
    for (Operand<TFloat32> piece : map) {
      Operand<TFloat32> imagesFirst =
          isImages() ? piece : tf.linalg.transpose(piece, tf.constant(new int[] {1, 0, 2}));
      long perImage = imagesFirst.shape().tail().size();
      terms.add(tf.reshape(imagesFirst, tf.constant(new long[] {-1, perImage})));
    }
    return PairwiseSum.of(tf, terms.size() == 1 ? terms.get(0) : tf.concat(terms, tf.constant(1)));
  }

  /**
   * One number for each image, in a shape that can be multiplied with the pieces of a map.
   *
   * @param numbers {@code [batch]}
   * @return {@code [batch, 1, 1, 1]} for images, otherwise {@code [batch, 1]}
   */
  public Operand<TFloat32> perImage(Ops tf, Operand<TFloat32> numbers) {
    return tf.reshape(
        numbers, tf.constant(isImages() ? new int[] {-1, 1, 1, 1} : new int[] {-1, 1}));
  }

  private <T extends TType> List<Operand<T>> packed(Ops tf, List<Operand<T>> parts, long features) {
    List<List<Operand<T>>> partsByPiece = new ArrayList<>();
    pieces.forEach(piece -> partsByPiece.add(new ArrayList<>()));
    for (Operand<T> part : parts) {
      Operand<T> rows = tf.reshape(part, tf.constant(new long[] {-1, features}));
      List<Operand<TInt32>> places = places(tf, BatchSize.of(tf, part));
      for (int piece = 0; piece < pieces.size(); piece++) {
        partsByPiece.get(piece).add(tf.gather(rows, places.get(piece), tf.constant(0)));
      }
    }
    return partsByPiece.stream()
        .map(piece -> piece.size() == 1 ? piece.get(0) : tf.concat(piece, tf.constant(1)))
        .toList();
  }

  /**
   * Brings a map in this layout back to images, in parts of the batch.
   *
   * @param like the parts, whose batch sizes the result has
   */
  private List<Operand<TFloating>> unpacked(
      Ops tf, List<Operand<TFloating>> map, List<Operand<TFloating>> like, long features) {
    if (like.size() == 1) {
      return List.of(images(tf, map, features));
    }
    Operand<TInt32> sizes =
        tf.stack(like.stream().<Operand<TInt32>>map(part -> BatchSize.of(tf, part)).toList());
    List<List<Operand<TFloating>>> piecesByPart = new ArrayList<>();
    like.forEach(part -> piecesByPart.add(new ArrayList<>()));
    for (Operand<TFloating> piece : map) {
      List<Output<TFloating>> parts =
          tf.splitV(piece, sizes, tf.constant(1), (long) like.size()).output();
      for (int part = 0; part < like.size(); part++) {
        piecesByPart.get(part).add(parts.get(part));
      }
    }
    return piecesByPart.stream().map(part -> images(tf, part, features)).toList();
  }

  /** Brings the pieces of a map back to images. */
  private Operand<TFloating> images(Ops tf, List<Operand<TFloating>> map, long features) {
    Operand<TInt32> n = BatchSize.of(tf, map.get(0), 1);
    Operand<TFloating> inOrder =
        map.size() == 1
            ? tf.gather(
                tf.reshape(map.get(0), tf.constant(new long[] {-1, features})),
                placesInPiece(tf, n),
                tf.constant(0))
            : tf.dynamicStitch(places(tf, n), map);
    return tf.reshape(inOrder, tf.constant(new long[] {-1, height, width, features}));
  }

  /**
   * The place in the only piece of each pixel of each image, {@code [n, height · width]}. Places
   * are counted through the images of each pixel, one pixel after the other.
   *
   * @param n the batch size, {@code []}
   */
  private Operand<TInt32> placesInPiece(Ops tf, Operand<TInt32> n) {
    int[] piece = pieces.get(0);
    int[] places = new int[piece.length];
    for (int place = 0; place < piece.length; place++) {
      places[piece[place]] = place;
    }
    Operand<TInt32> images = tf.range(tf.constant(0), n, tf.constant(1));
    return tf.math.add(tf.expandDims(images, tf.constant(1)), tf.math.mul(tf.constant(places), n));
  }

  /**
   * The pixel at each place of each piece, {@code [pixels, n]}. Pixels are counted through all
   * images, one image after the other.
   *
   * @param n the batch size, {@code []}
   */
  private List<Operand<TInt32>> places(Ops tf, Operand<TInt32> n) {
    Operand<TInt32> firstPixels =
        tf.math.mul(tf.range(tf.constant(0), n, tf.constant(1)), tf.constant(height * width));
    return pieces.stream()
        .<Operand<TInt32>>map(
            piece -> tf.math.add(tf.expandDims(tf.constant(piece), tf.constant(1)), firstPixels))
        .toList();
  }

  private static List<Operand<TFloating>> flat(List<List<Operand<TFloating>>> maps) {
    return maps.stream().flatMap(List::stream).toList();
  }
}
