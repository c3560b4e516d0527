package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.List;
import org.pixelrnn.image.ImageShape;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * Temperature times standard Gumbel noise, {@code g = -log(-log u)}. The u of n images in a row's
 * block of columns (the network's {@link Lanes}) are one stateless draw of (seed, row, block), so
 * that they do not depend on how many rows or images are drawn at once.
 */
final class GumbelNoise {
  /** The algorithm's number, and the numbers it draws at each count. */
  private static final int PHILOX = 1;

  private static final int PER_COUNT = 4;

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
    Operand<TInt32> place =
        tf.math.add(tf.math.mul(row, tf.constant(blocks.count())), tf.constant(block));
    Operand<TInt64> seed = tf.stack(List.of(inputs.seed(), tf.dtypes.cast(place, TInt64.class)));
    int subPixels = blocks.columns() * shape.channels();
    int ofImage = subPixels * shape.levels();
    int drawn = (ofImage + PER_COUNT - 1) / PER_COUNT * PER_COUNT;
    Operand<TFloat32> u = drawFrom(tf, seed, drawn);
    if (drawn > ofImage) {
      u = tf.slice(u, tf.constant(new int[2]), tf.constant(new int[] {-1, ofImage}));
    }
    return tf.reshape(u, tf.constant(new int[] {-1, subPixels, shape.levels()}));
  }

  /**
   * {@code [n, perImage]} of the stream of a seed, from where these images begin in it. Philox
   * counts; so the numbers of the images before need not be drawn.
   */
  private Operand<TFloat32> drawFrom(Ops tf, Operand<TInt64> seed, int perImage) {
    // Raw operations: TensorFlow Java has no type for their 64 unsigned bits.
    Operation begin =
        tf.scope()
            .opBuilder("StatelessRandomGetKeyCounter", "KeyCounter")
            .addInput(seed.asOutput())
            .build();
    Operand<TInt64> before =
        tf.math.mul(
            tf.dtypes.cast(inputs.firstImage(), TInt64.class),
            tf.constant((long) perImage / PER_COUNT));
    Output<TInt64> counter = bitcast(tf, begin.output(1), DataType.DT_INT64);
    Operand<TInt64> ahead = tf.stack(List.of(before, tf.constant(0L)));
    return tf.scope()
        .opBuilder("StatelessRandomUniformV2", "Uniform")
        .addInput(tf.stack(List.of(n, tf.constant(perImage))).asOutput())
        .addInput(begin.output(0))
        .addInput(bitcast(tf, tf.math.add(counter, ahead).asOutput(), DataType.DT_UINT64))
        .addInput(tf.constant(PHILOX).asOutput())
        .setAttr("dtype", DataType.DT_FLOAT)
        .build()
        .output(0);
  }

  private static <T extends TType> Output<T> bitcast(Ops tf, Output<?> x, DataType type) {
    return tf.scope()
        .opBuilder("Bitcast", "Bitcast")
        .addInput(x)
        .setAttr("type", type)
        .build()
        .output(0);
  }
}
