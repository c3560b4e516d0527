package org.pixelrnn.model.sampling;

import java.util.ArrayList;
import java.util.List;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.layer.Lanes;
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
 * Standard Gumbel noise times the temperature, {@code T · -log(-log u)} with u uniform in (0, 1).
 *
 * <p>The u depend on the seed, the row, the block of columns (one lane of {@link Network#lanes()})
 * and the image's index in the batch, and on nothing else. So the same seed gives the same images
 * whether rows are sampled one by one or in lanes, and the first images of a large batch are those
 * of a small batch.
 */
final class GumbelNoise {
  /** TensorFlow's number for the Philox algorithm. */
  private static final int PHILOX = 1;

  /** Philox gives so many numbers at each value of its counter. */
  private static final int NUMBERS_PER_COUNT = 4;

  private final ImageShape shape;
  private final Lanes blocks;
  private final RowInputs inputs;
  private final Operand<TInt32> n;

  /**
   * The noise of one row, or of one turn.
   *
   * @param n the number of images, {@code []}
   */
  GumbelNoise(Network network, RowInputs inputs, Operand<TInt32> n) {
    this.shape = network.shape();
    this.blocks = network.lanes();
    this.inputs = inputs;
    this.n = n;
  }

  /**
   * Adds the operations that make the noise.
   *
   * @param lanes {@link Lanes#one}, or {@link Network#lanes()}
   * @return {@code [lanes · n, columns · channels, levels]}
   */
  Operand<TFloat32> of(Ops tf, Lanes lanes) {
    boolean oneLane = lanes.count() == 1;
    List<Operand<TFloat32>> uniform = new ArrayList<>();
    for (int block = 0; block < blocks.count(); block++) {
      // At turn t, lane a is at row t - a.
      Operand<TInt32> row = oneLane ? inputs.row() : tf.math.sub(inputs.row(), tf.constant(block));
      uniform.add(uniform(tf, row, block));
    }
    // In one lane, blocks are side by side; in several lanes, one block is in each.
    Operand<TFloat32> all =
        uniform.size() == 1 ? uniform.get(0) : tf.concat(uniform, tf.constant(oneLane ? 1 : 0));
    // Never 0: its Gumbel noise is -∞, which times temperature 0 is not a number.
    Operand<TFloat32> positive = tf.math.maximum(all, tf.constant(Float.MIN_NORMAL));
    Operand<TFloat32> gumbel = tf.math.neg(tf.math.log(tf.math.neg(tf.math.log(positive))));
    return tf.math.mul(gumbel, inputs.given().temperature());
  }

  /** The uniform numbers of one block, {@code [n, columns of a block · channels, levels]}. */
  private Operand<TFloat32> uniform(Ops tf, Operand<TInt32> row, int block) {
    Operand<TInt32> blockOfImage =
        tf.math.add(tf.math.mul(row, tf.constant(blocks.count())), tf.constant(block));
    Operand<TInt64> seed =
        tf.stack(List.of(inputs.given().seed(), tf.dtypes.cast(blockOfImage, TInt64.class)));
    int subPixels = blocks.columns() * shape.channels();
    int needed = subPixels * shape.levels();
    int perImage = (needed + NUMBERS_PER_COUNT - 1) / NUMBERS_PER_COUNT * NUMBERS_PER_COUNT;
    Operand<TFloat32> u = philox(tf, seed, perImage);
    if (perImage > needed) {
      u = tf.slice(u, tf.constant(new int[2]), tf.constant(new int[] {-1, needed}));
    }
    return tf.reshape(u, tf.constant(new int[] {-1, subPixels, shape.levels()}));
  }

  /**
   * Uniform numbers from the stream of a seed, {@code [n, perImage]}. Philox is a counter, so it
   * can start at the first of these images, without the numbers of the images before.
   *
   * @param seed {@code [2]}
   * @param perImage a multiple of {@link #NUMBERS_PER_COUNT}
   */
  private Operand<TFloat32> philox(Ops tf, Operand<TInt64> seed, int perImage) {
    // Raw operations: TensorFlow Java has no type for uint64.
    Operation start =
        tf.scope()
            .opBuilder("StatelessRandomGetKeyCounter", "KeyCounter")
            .addInput(seed.asOutput())
            .build();
    Operand<TInt64> skipped =
        tf.math.mul(
            tf.dtypes.cast(inputs.firstImage(), TInt64.class),
            tf.constant((long) perImage / NUMBERS_PER_COUNT));
    Output<TInt64> counter = bitcast(tf, start.output(1), DataType.DT_INT64);
    Operand<TInt64> first = tf.math.add(counter, tf.stack(List.of(skipped, tf.constant(0L))));
    return tf.scope()
        .opBuilder("StatelessRandomUniformV2", "Uniform")
        .addInput(tf.stack(List.of(n, tf.constant(perImage))).asOutput())
        .addInput(start.output(0))
        .addInput(bitcast(tf, first.asOutput(), DataType.DT_UINT64))
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
