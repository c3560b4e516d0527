package org.pixelrnn.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.index.Indices;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;

/** The number of images in a tensor, which a graph knows only when it runs. */
public final class BatchSize {
  private BatchSize() {}

  /**
   * The batch size of a tensor whose first axis is the batch.
   *
   * @param map {@code [batch, …]}
   * @return the batch size, {@code []}
   */
  public static Operand<TInt32> of(Ops tf, Operand<?> map) {
    return of(tf, map, 0);
  }

  /**
   * The batch size of a tensor whose batch is any axis.
   *
   * @param map for example {@code [pixels, batch, features]}, where the axis is 1
   * @param axis the axis of the batch, counted from 0
   * @return the batch size, {@code []}
   */
  public static Operand<TInt32> of(Ops tf, Operand<?> map, int axis) {
    return tf.stridedSlice(tf.shape(map), Indices.at(axis));
  }
}
