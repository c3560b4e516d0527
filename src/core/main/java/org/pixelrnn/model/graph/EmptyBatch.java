package org.pixelrnn.model.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * A workaround for batches without images. oneDNN's convolutions and LSTM cells give a wrong shape
 * for an empty batch. So an empty batch is padded with one image of zeros, and the result of that
 * image is cut off again:
 *
 * <pre>
 *   Operand&lt;TInt32&gt; n = BatchSize.of(tf, images);
 *   Operand&lt;TFloat32&gt; result = convolution(EmptyBatch.padded(tf, images));
 *   return EmptyBatch.cut(tf, result, n);
 * </pre>
 *
 * <p>A batch that has images is not padded.
 */
public final class EmptyBatch {
  private EmptyBatch() {}

  /**
   * The number of images to pad with: 1 if the batch is empty, otherwise 0.
   *
   * @param n the batch size, {@code []}
   * @return {@code []}
   */
  public static Operand<TInt32> padding(Ops tf, Operand<TInt32> n) {
    return tf.math.maximum(tf.constant(0), tf.math.sub(tf.constant(1), n));
  }

  /**
   * The batch, or one image of zeros if the batch is empty.
   *
   * @param images {@code [n, …]}; the graph knows the size of every axis but the first
   * @return {@code [max(n, 1), …]}
   */
  public static <T extends TType> Operand<T> padded(Ops tf, Operand<T> images) {
    Shape shape = images.shape();
    int[] image = IntStream.range(1, shape.numDimensions()).map(i -> (int) shape.get(i)).toArray();
    Operand<TInt32> padding = padding(tf, BatchSize.of(tf, images));
    Operand<TInt32> size =
        tf.concat(
            List.of(tf.expandDims(padding, tf.constant(0)), tf.constant(image)), tf.constant(0));
    // Zeros of another type first: TensorFlow Lite writes past the end of a fill of uint8.
    Operand<T> zeros = tf.dtypes.cast(tf.fill(size, tf.constant(0)), images.type());
    return tf.concat(List.of(images, zeros), tf.constant(0));
  }

  /**
   * Cuts off the padding along the first axis.
   *
   * @param result {@code [max(n, 1), …]}
   * @param n the batch size without the padding, {@code []}
   * @return {@code [n, …]}
   */
  public static <T extends TType> Operand<T> cut(Ops tf, Operand<T> result, Operand<TInt32> n) {
    return cut(tf, result, n, 0);
  }

  /**
   * Cuts off the padding along any axis.
   *
   * @param result its batch has {@code max(n, 1)} images
   * @param n the batch size without the padding, {@code []}
   * @param axis the axis of the batch, counted from 0
   * @return the result with n images
   */
  public static <T extends TType> Operand<T> cut(
      Ops tf, Operand<T> result, Operand<TInt32> n, int axis) {
    Shape shape = result.shape();
    List<Operand<TInt32>> sizes = new ArrayList<>();
    for (int i = 0; i < shape.numDimensions(); i++) {
      // An unknown size is -1, which means everything to a slice.
      sizes.add(i == axis ? n : tf.constant((int) shape.get(i)));
    }
    return tf.slice(result, tf.constant(new int[sizes.size()]), tf.stack(sizes));
  }
}
