package org.pixelrnn.model.sampling;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * A part of a batch. All parts are sampled at the same time, so that several cores have work.
 *
 * <p>A graph has 8 parts, but small batches use fewer of them and leave the others empty. An empty
 * part costs nothing:
 *
 * <pre>
 *   images    parts with images
 *     1 … 15          1
 *    16 … 143         2
 *   144 …             one for each 48 images, at most 8
 * </pre>
 *
 * @param first the index of the part's first image in the batch, {@code []}
 * @param size the number of images, {@code []}; it may be 0
 */
record ParallelPart(Operand<TInt32> first, Operand<TInt32> size) {
  private static final int MOST_PARTS = 8;

  /**
   * The smallest number of images in each part if there are two parts. In smaller parts, the
   * overhead of each operation costs more than a second core gains.
   */
  private static final int LEAST_OF_TWO = 8;

  /** The least images in each of three or more parts, as a machine may have only two cores. */
  private static final int LEAST_OF_MANY = 48;

  /**
   * The parts of a batch in order, without overlap.
   *
   * @param count the number of images in the batch, {@code []}
   */
  static List<ParallelPart> all(Ops tf, Operand<TInt32> count) {
    Operand<TInt32> parts =
        tf.math.maximum(
            tf.math.minimum(tf.constant(MOST_PARTS), parts(tf, count, LEAST_OF_MANY)),
            tf.math.minimum(tf.constant(2), parts(tf, count, LEAST_OF_TWO)));
    Operand<TInt32> largest =
        tf.math.div(tf.math.add(count, tf.math.sub(parts, tf.constant(1))), parts);
    return IntStream.range(0, MOST_PARTS)
        .mapToObj(
            part -> {
              Operand<TInt32> first =
                  tf.math.minimum(count, tf.math.mul(largest, tf.constant(part)));
              return new ParallelPart(first, tf.math.minimum(largest, tf.math.sub(count, first)));
            })
        .toList();
  }

  /**
   * The images of this part.
   *
   * @param x {@code [batch, …]}
   * @return {@code [size, …]}
   */
  <T extends TType> Operand<T> of(Ops tf, Operand<T> x) {
    int axes = x.shape().numDimensions();
    return tf.slice(x, along(tf, first, axes, 0), along(tf, size, axes, -1));
  }

  /** The known pixels of this part; seed and temperature are those of the batch. */
  SamplingInputs of(Ops tf, SamplingInputs inputs) {
    return inputs.withImages(of(tf, inputs.images()), of(tf, inputs.known()));
  }

  /** How many parts of at least {@code least} images there are, or 1 if there is none. */
  private static Operand<TInt32> parts(Ops tf, Operand<TInt32> count, int least) {
    return tf.math.maximum(tf.constant(1), tf.math.div(count, tf.constant(least)));
  }

  /** One number for the first axis, another number for all other axes, {@code [axes]}. */
  private static Operand<TInt32> along(Ops tf, Operand<TInt32> batch, int axes, int others) {
    Operand<TInt32> rest =
        tf.constant(Collections.nCopies(axes - 1, others).stream().mapToInt(i -> i).toArray());
    return tf.concat(List.of(tf.expandDims(batch, tf.constant(0)), rest), tf.constant(0));
  }
}
