package org.pixelrnn.model.sampling;

import java.util.ArrayList;
import java.util.List;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.RowwiseNetwork;
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
 * The uniform random numbers of a seed, in [0, 1).
 *
 * <p>They depend on the seed, the row, the block of {@link RowwiseNetwork#noiseBlockColumns}
 * columns and the image's index in the batch, and on nothing else. So the same seed gives the same
 * images whether rows are sampled one by one or in lanes, and the first images of a large batch are
 * those of a small batch. {@code org.pixelrnn.sampler.UniformNoise} computes the same numbers
 * without TensorFlow.
 */
final class SeededUniform {
  /** TensorFlow's number for the Philox algorithm. */
  private static final int PHILOX = 1;

  /** Philox gives so many numbers at each value of its counter. */
  private static final int NUMBERS_PER_COUNT = 4;

  private final ImageShape shape;
  private final Lanes blocks;
  private final Operand<TInt64> seed;
  private final Operand<TInt32> firstImage;
  private final Operand<TInt32> n;

  /**
   * The numbers of some images.
   *
   * @param seed the seed, {@code []}
   * @param firstImage the index of the first of these images in the whole batch, {@code []}
   * @param n the number of images, {@code []}
   */
  SeededUniform(
      Network network, Operand<TInt64> seed, Operand<TInt32> firstImage, Operand<TInt32> n) {
    this.shape = network.shape();
    this.blocks = Lanes.of(shape.width(), network.rows().noiseBlockColumns());
    this.seed = seed;
    this.firstImage = firstImage;
    this.n = n;
  }

  /**
   * Adds the operations that make the numbers of one row.
   *
   * @param row the number of the row, {@code []}
   * @return {@code [n, width · channels, levels]}
   */
  Operand<TFloat32> ofRow(Ops tf, Operand<TInt32> row) {
    List<Operand<TFloat32>> sideBySide = new ArrayList<>();
    for (int block = 0; block < blocks.count(); block++) {
      sideBySide.add(uniform(tf, row, block));
    }
    return joined(tf, sideBySide, 1);
  }

  /**
   * Adds the operations that make the numbers of one turn, if each lane is one block. At turn t,
   * lane a is at row {@code t - a}.
   *
   * @param turn the number of the turn, {@code []}
   * @return {@code [lanes · n, columns · channels, levels]}
   */
  Operand<TFloat32> ofTurn(Ops tf, Operand<TInt32> turn) {
    List<Operand<TFloat32>> byLane = new ArrayList<>();
    for (int lane = 0; lane < blocks.count(); lane++) {
      byLane.add(uniform(tf, tf.math.sub(turn, tf.constant(lane)), lane));
    }
    return joined(tf, byLane, 0);
  }

  private static Operand<TFloat32> joined(Ops tf, List<Operand<TFloat32>> blocks, int axis) {
    return blocks.size() == 1 ? blocks.get(0) : tf.concat(blocks, tf.constant(axis));
  }

  /** The numbers of one block, {@code [n, columns of a block · channels, levels]}. */
  private Operand<TFloat32> uniform(Ops tf, Operand<TInt32> row, int block) {
    Operand<TInt32> blockOfImage =
        tf.math.add(tf.math.mul(row, tf.constant(blocks.count())), tf.constant(block));
    Operand<TInt64> stream = tf.stack(List.of(seed, tf.dtypes.cast(blockOfImage, TInt64.class)));
    int subPixels = blocks.columns() * shape.channels();
    int needed = subPixels * shape.levels();
    int perImage = (needed + NUMBERS_PER_COUNT - 1) / NUMBERS_PER_COUNT * NUMBERS_PER_COUNT;
    Operand<TFloat32> u = philox(tf, stream, perImage);
    if (perImage > needed) {
      u = tf.slice(u, tf.constant(new int[2]), tf.constant(new int[] {-1, needed}));
    }
    return tf.reshape(u, tf.constant(new int[] {-1, subPixels, shape.levels()}));
  }

  /**
   * Uniform numbers from a stream, {@code [n, perImage]}. Philox is a counter, so it can start at
   * the first of these images, without the numbers of the images before.
   *
   * @param stream the two seeds of TensorFlow's operation, {@code [2]}
   * @param perImage a multiple of {@link #NUMBERS_PER_COUNT}
   */
  private Operand<TFloat32> philox(Ops tf, Operand<TInt64> stream, int perImage) {
    // Raw operations: TensorFlow Java has no type for uint64.
    Operation start =
        tf.scope()
            .opBuilder("StatelessRandomGetKeyCounter", "KeyCounter")
            .addInput(stream.asOutput())
            .build();
    Operand<TInt64> skipped =
        tf.math.mul(
            tf.dtypes.cast(firstImage, TInt64.class),
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
