package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * How feature maps lie in memory between the first convolution and the head: as images, {@code
 * [batch, height, width, features]}, or with pixels outermost and in an order of their own, {@code
 * [pixels, batch, features]}, so that what a step of a recurrence reads is contiguous. What is 1×1
 * in between works on either.
 */
final class MapLayout {
  /** As images. */
  static final MapLayout IMAGES = new MapLayout(0, 0, Optional.empty());

  private final int height;
  private final int width;
  private final Optional<int[]> order;

  private MapLayout(int height, int width, Optional<int[]> order) {
    this.height = height;
    this.width = width;
    this.order = order;
  }

  /**
   * Pixels outermost.
   *
   * @param order the pixel (row · width + column) at each position
   */
  static MapLayout pixels(int height, int width, int[] order) {
    return new MapLayout(height, width, Optional.of(order));
  }

  /** Brings maps {@code [batch, height, width, features]} into this layout. */
  List<Operand<TFloat32>> pack(Pass pass, List<Operand<TFloat32>> maps) {
    if (order.isEmpty()) {
      return maps;
    }
    // Those of gradients TensorFlow does not always know.
    List<Long> features = maps.stream().map(map -> map.shape().get(3)).toList();
    List<Operand<TFloat32>> packed = new ArrayList<>();
    for (int i = 0; i < maps.size(); i++) {
      packed.add(packed(pass.tf(), maps.get(i), features.get(i)));
    }
    pass.chainRule()
        .scan(
            maps,
            packed,
            (tf, gradients) ->
                IntStream.range(0, gradients.size())
                    .mapToObj(i -> unpacked(tf, gradients.get(i), features.get(i)))
                    .toList());
    return List.copyOf(packed);
  }

  /** Brings a map in this layout back to {@code [batch, height, width, features]}. */
  Operand<TFloat32> unpack(Pass pass, Operand<TFloat32> map) {
    if (order.isEmpty()) {
      return map;
    }
    long features = map.shape().get(2);
    Operand<TFloat32> unpacked = unpacked(pass.tf(), map, features);
    pass.chainRule()
        .scan(
            List.of(map),
            List.of(unpacked),
            (tf, gradients) -> List.of(packed(tf, gradients.get(0), features)));
    return unpacked;
  }

  private Operand<TFloat32> packed(Ops tf, Operand<TFloat32> map, long features) {
    Operand<TFloat32> pixels =
        tf.linalg.transpose(
            tf.reshape(map, tf.constant(new long[] {-1, (long) height * width, features})),
            tf.constant(new int[] {1, 0, 2}));
    return tf.gather(pixels, tf.constant(order.get()), tf.constant(0));
  }

  private Operand<TFloat32> unpacked(Ops tf, Operand<TFloat32> map, long features) {
    int[] positions = new int[height * width];
    for (int position = 0; position < positions.length; position++) {
      positions[order.get()[position]] = position;
    }
    Operand<TFloat32> pixels = tf.gather(map, tf.constant(positions), tf.constant(0));
    return tf.reshape(
        tf.linalg.transpose(pixels, tf.constant(new int[] {1, 0, 2})),
        tf.constant(new long[] {-1, height, width, features}));
  }
}
