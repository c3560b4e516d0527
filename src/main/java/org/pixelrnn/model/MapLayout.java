package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pixelrnn.model.scan.Scan;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * How feature maps lie in memory between the first convolution and the logits: as images, {@code
 * [batch, height, width, features]}; or with pixels outermost, in the order of a scan and in its
 * pieces, {@code [pixels, batch, features]} each, so that what a step of a recurrence reads is
 * contiguous. What is 1×1 in between works on either, piece by piece.
 */
final class MapLayout {
  /** As images, in one piece. */
  static final MapLayout IMAGES = new MapLayout(0, 0, List.of());

  private final int height;
  private final int width;

  /** The pixels (row · width + column) of each piece in their order; of images there are none. */
  private final List<int[]> pieces;

  private MapLayout(int height, int width, List<int[]> pieces) {
    this.height = height;
    this.width = width;
    this.pieces = pieces;
  }

  /** As a scan has them. */
  static MapLayout of(int height, int width, Scan scan) {
    List<int[]> pieces = new ArrayList<>();
    int from = 0;
    for (int pixels : scan.pieces()) {
      pieces.add(Arrays.copyOfRange(scan.order(), from, from + pixels));
      from += pixels;
    }
    return new MapLayout(height, width, List.copyOf(pieces));
  }

  private boolean asImages() {
    return pieces.isEmpty();
  }

  /** How many pieces there are. */
  int pieces() {
    return asImages() ? 1 : pieces.size();
  }

  /**
   * Brings maps into this layout.
   *
   * @param maps each in parts of the batch, {@code [m, height, width, features]}, as many as there
   *     are pieces
   * @return of each map the pieces, of the whole batch
   */
  List<List<Operand<TFloat32>>> pack(Pass pass, List<List<Operand<TFloat32>>> maps) {
    if (asImages()) {
      return maps;
    }
    // Those of gradients TensorFlow does not always know.
    List<Long> features = maps.stream().map(map -> map.get(0).shape().get(3)).toList();
    List<List<Operand<TFloat32>>> packed = new ArrayList<>();
    for (int i = 0; i < maps.size(); i++) {
      packed.add(packed(pass.tf(), maps.get(i), features.get(i)));
    }
    pass.chainRule()
        .scan(
            flat(maps),
            flat(packed),
            (tf, gradients) -> {
              List<Operand<TFloat32>> unpacked = new ArrayList<>();
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
   * Brings a map in this layout back.
   *
   * @return {@code [batch, height, width, features]}
   */
  Operand<TFloat32> unpack(Pass pass, List<Operand<TFloat32>> map) {
    if (asImages()) {
      return map.get(0);
    }
    long features = map.get(0).shape().get(2);
    Operand<TFloat32> unpacked = images(pass.tf(), map, features);
    pass.chainRule()
        .scan(map, List.of(unpacked), (tf, gradients) -> packed(tf, gradients, features));
    return unpacked;
  }

  /**
   * A map of which nobody asks a gradient, in this layout.
   *
   * @param map {@code [batch, height, width, features]}
   */
  <T extends TType> List<Operand<T>> packed(Ops tf, Operand<T> map) {
    return asImages() ? List.of(map) : packed(tf, List.of(map), map.shape().get(3));
  }

  /**
   * The sum over all pixels and features of each image, {@code [batch]}.
   *
   * @param map in this layout
   */
  Operand<TFloat32> sumOfEachImage(Ops tf, List<Operand<TFloat32>> map) {
    int[] others = asImages() ? new int[] {1, 2, 3} : new int[] {0, 2};
    List<Operand<TFloat32>> sums =
        map.stream()
            .<Operand<TFloat32>>map(piece -> tf.reduceSum(piece, tf.constant(others)))
            .toList();
    return sums.size() == 1 ? sums.get(0) : tf.math.addN(sums);
  }

  /**
   * One number for each image, so that maps in this layout may be multiplied with it: {@code
   * [batch, 1, 1, 1]} or {@code [batch, 1]}.
   *
   * @param numbers {@code [batch]}
   */
  Operand<TFloat32> ofImages(Ops tf, Operand<TFloat32> numbers) {
    return tf.reshape(
        numbers, tf.constant(asImages() ? new int[] {-1, 1, 1, 1} : new int[] {-1, 1}));
  }

  private <T extends TType> List<Operand<T>> packed(Ops tf, List<Operand<T>> parts, long features) {
    List<List<Operand<T>>> gathered = new ArrayList<>();
    pieces.forEach(piece -> gathered.add(new ArrayList<>()));
    for (Operand<T> part : parts) {
      Operand<T> rows = tf.reshape(part, tf.constant(new long[] {-1, features}));
      List<Operand<TInt32>> places = places(tf, batch(tf, part, 0));
      for (int piece = 0; piece < pieces.size(); piece++) {
        gathered.get(piece).add(tf.gather(rows, places.get(piece), tf.constant(0)));
      }
    }
    return gathered.stream()
        .map(ofParts -> ofParts.size() == 1 ? ofParts.get(0) : tf.concat(ofParts, tf.constant(1)))
        .toList();
  }

  /** Parts of the batch as images. */
  private List<Operand<TFloat32>> unpacked(
      Ops tf, List<Operand<TFloat32>> map, List<Operand<TFloat32>> like, long features) {
    if (like.size() == 1) {
      return List.of(images(tf, map, features));
    }
    Operand<TInt32> sizes =
        tf.stack(like.stream().<Operand<TInt32>>map(part -> batch(tf, part, 0)).toList());
    List<List<Operand<TFloat32>>> parts = new ArrayList<>();
    like.forEach(part -> parts.add(new ArrayList<>()));
    for (Operand<TFloat32> piece : map) {
      List<Output<TFloat32>> ofParts =
          tf.splitV(piece, sizes, tf.constant(1), (long) like.size()).output();
      for (int part = 0; part < like.size(); part++) {
        parts.get(part).add(ofParts.get(part));
      }
    }
    return parts.stream().map(part -> images(tf, part, features)).toList();
  }

  private Operand<TFloat32> images(Ops tf, List<Operand<TFloat32>> map, long features) {
    return tf.reshape(
        tf.dynamicStitch(places(tf, batch(tf, map.get(0), 1)), map),
        tf.constant(new long[] {-1, height, width, features}));
  }

  /**
   * Which pixel of all images, one after the other, is where: of each piece {@code [pixels, n]}.
   *
   * @param n images, {@code []}
   */
  private List<Operand<TInt32>> places(Ops tf, Operand<TInt32> n) {
    Operand<TInt32> firstPixels =
        tf.math.mul(tf.range(tf.constant(0), n, tf.constant(1)), tf.constant(height * width));
    return pieces.stream()
        .<Operand<TInt32>>map(
            piece -> tf.math.add(tf.expandDims(tf.constant(piece), tf.constant(1)), firstPixels))
        .toList();
  }

  /** How many images are in a map whose batch is this axis, {@code []}. */
  private static Operand<TInt32> batch(Ops tf, Operand<?> map, int axis) {
    return tf.gather(tf.shape(map), tf.constant(axis), tf.constant(0));
  }

  private static List<Operand<TFloat32>> flat(List<List<Operand<TFloat32>>> maps) {
    return maps.stream().flatMap(List::stream).toList();
  }
}
