package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.List;
import org.pixelrnn.image.ImageShape;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Temperature times standard Gumbel noise, {@code g = -log(-log u)}. The u of n images in a row's
 * block of columns (the network's {@link Lanes}) are one stateless draw of (seed, row, block), so
 * that they do not depend on how many rows or images are drawn at once.
 */
final class GumbelNoise {
  private final ImageShape shape;
  private final Lanes blocks;
  private final RowDrawing.Inputs inputs;
  private final Operand<TInt32> n;

  GumbelNoise(Network network, RowDrawing.Inputs inputs, Operand<TInt32> n) {
    this.shape = network.shape();
    this.blocks = network.lanes();
    this.inputs = inputs;
    this.n = n;
  }

  /**
   * For one turn.
   *
   * @param lanes one, or the network's
   * @return {@code [lanes · n, columns · channels, levels]}
   */
  Operand<TFloat32> of(Ops tf, Lanes lanes) {
    List<Operand<TFloat32>> uniform = new ArrayList<>();
    for (int block = 0; block < blocks.count(); block++) {
      Operand<TInt32> row =
          lanes.count() == 1 ? inputs.row() : tf.math.sub(inputs.row(), tf.constant(block));
      uniform.add(uniform(tf, row, block));
    }
    Operand<TFloat32> all =
        uniform.size() == 1
            ? uniform.get(0)
            : tf.concat(uniform, tf.constant(lanes.count() == 1 ? 1 : 0));
    // Not 0, whose -∞ of Gumbel noise would be no number at temperature 0.
    Operand<TFloat32> positive = tf.math.maximum(all, tf.constant(Float.MIN_NORMAL));
    Operand<TFloat32> gumbel = tf.math.neg(tf.math.log(tf.math.neg(tf.math.log(positive))));
    return tf.math.mul(gumbel, inputs.temperature());
  }

  /** {@code [n, columns of a block · channels, levels]}. */
  private Operand<TFloat32> uniform(Ops tf, Operand<TInt32> row, int block) {
    int[] ofImage = {blocks.columns() * shape.channels(), shape.levels()};
    Operand<TInt32> first = tf.expandDims(inputs.firstImage(), tf.constant(0));
    Operand<TInt32> count = tf.expandDims(n, tf.constant(0));
    Operand<TInt32> sizeOfBatch =
        tf.concat(List.of(tf.math.add(first, count), tf.constant(ofImage)), tf.constant(0));
    Operand<TInt32> place =
        tf.math.add(tf.math.mul(row, tf.constant(blocks.count())), tf.constant(block));
    Operand<TInt64> key = tf.stack(List.of(inputs.seed(), tf.dtypes.cast(place, TInt64.class)));
    return tf.slice(
        tf.random.statelessRandomUniform(sizeOfBatch, key),
        tf.concat(List.of(first, tf.constant(new int[2])), tf.constant(0)),
        tf.constant(new int[] {-1, -1, -1}));
  }
}
