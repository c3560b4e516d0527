package org.pixelrnn.model.sampling;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.NetworkRow;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.GraphFunction;
import org.pixelrnn.model.layer.BlockTensors;
import org.pixelrnn.model.layer.LaneShift;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * A block of a row: some columns that follow one another, sampled sub-pixel by sub-pixel. In {@link
 * org.pixelrnn.model.layer.Lanes} it is the block of each lane; read {@code lanes · n} for n.
 *
 * @param columns the number of columns that are sampled
 * @param levels level indices of known pixels, {@code [n, columns, channels]}
 * @param known true for known pixels, {@code [n, columns]}
 * @param noise what is added to the logits, {@code [n, columns · channels, levels]}
 * @param start the tensors with which the network enters the block
 */
record RowBlock(
    int columns,
    Operand<TUint8> levels,
    Operand<TBool> known,
    Operand<TFloat32> noise,
    BlockTensors start) {

  /**
   * A block that was sampled.
   *
   * @param levels {@code [n, columns, channels]}
   * @param logits the logits of each sub-pixel in order, {@code [n, levels]} each
   * @param end the tensors with which the network leaves the block
   */
  record Sampled(Operand<TUint8> levels, List<Operand<TFloat32>> logits, BlockTensors end) {}

  /** All tensors, in the order in which {@link #arguments} reads them. */
  List<Operand<?>> inOrder() {
    return ImmutableList.<Operand<?>>builder()
        .add(levels, known, noise)
        .addAll(start.byColumn())
        .addAll(start.left())
        .build();
  }

  /** The next arguments of a graph function, in the order of {@link #inOrder}, of these shapes. */
  RowBlock arguments(GraphFunction function) {
    return new RowBlock(
        columns,
        function.argument(TUint8.class, levels.shape().asArray()),
        function.argument(TBool.class, known.shape().asArray()),
        function.argument(TFloat32.class, noise.shape().asArray()),
        new BlockTensors(arguments(function, start.byColumn()), arguments(function, start.left())));
  }

  private static List<Operand<TFloat32>> arguments(
      GraphFunction function, List<Operand<TFloat32>> like) {
    return like.stream()
        .<Operand<TFloat32>>map(
            tensor -> function.argument(TFloat32.class, tensor.shape().asArray()))
        .toList();
  }

  /** The same block with other pixels on the left. */
  RowBlock withLeft(List<Operand<TFloat32>> left) {
    return new RowBlock(columns, levels, known, noise, new BlockTensors(start.byColumn(), left));
  }

  /**
   * Cuts a smaller block out of this row. The pixels on the left stay.
   *
   * @param first the number of its first column, {@code []}
   * @param count the number of columns that are sampled
   * @param padding the number of columns of padding after them
   */
  RowBlock cut(Ops tf, Network network, Operand<TInt32> first, int count, int padding) {
    int channels = network.shape().channels();
    List<Operand<TFloat32>> byColumn = new ArrayList<>();
    for (Operand<TFloat32> tensor : start.byColumn()) {
      // Convolutions reach beyond the block on both sides.
      int reach = (int) tensor.shape().get(0) - columns - network.rows().paddingColumns();
      byColumn.add(cut(tf, tensor, 0, first, count + padding + reach));
    }
    return new RowBlock(
        count,
        cut(tf, levels, 1, first, count),
        cut(tf, known, 1, first, count),
        cut(tf, noise, 1, tf.math.mul(first, tf.constant(channels)), count * channels),
        new BlockTensors(byColumn, start.left()));
  }

  private static <T extends TType> Operand<T> cut(
      Ops tf, Operand<T> x, int axis, Operand<TInt32> first, int count) {
    int axes = x.shape().numDimensions();
    List<Operand<TInt32>> from = new ArrayList<>(Collections.nCopies(axes, tf.constant(0)));
    from.set(axis, first);
    int[] sizes = new int[axes];
    Arrays.fill(sizes, -1);
    sizes[axis] = count;
    long[] shape = x.shape().asArray();
    shape[axis] = count;
    return tf.ensureShape(tf.slice(x, tf.stack(from), tf.constant(sizes)), Shape.of(shape));
  }

  /**
   * Adds the operations that sample the block.
   *
   * @param padding the number of columns of padding after the block, in which nothing is sampled
   */
  Sampled sample(BuildContext context, Network network, LaneShift shift, int padding) {
    Ops tf = context.tf();
    int channels = network.shape().channels();
    int subPixels = columns * channels;
    List<Operand<TFloat32>> noiseBySubPixel = unstack(tf, noise, subPixels);
    List<Operand<TInt32>> knownLevels =
        unstack(
            tf,
            tf.reshape(
                tf.dtypes.cast(levels, TInt32.class), tf.constant(new int[] {-1, subPixels})),
            subPixels);
    List<Operand<TBool>> knownPixels = unstack(tf, known, columns);
    NetworkRow row = network.rows().row(context, start, shift);
    List<Operand<TFloat32>> logits = new ArrayList<>();
    List<Operand<TInt32>> sampledLevels = new ArrayList<>();
    Operand<TInt32> levelsAxis = tf.constant(1);
    for (int i = 0; i < subPixels; i++) {
      Operand<TFloat32> ofSubPixel = row.logits(i / channels, i % channels);
      Operand<TInt32> sampled =
          tf.math.argMax(tf.math.add(ofSubPixel, noiseBySubPixel.get(i)), levelsAxis, TInt32.class);
      Operand<TInt32> level = tf.select(knownPixels.get(i / channels), knownLevels.get(i), sampled);
      row.see(level);
      logits.add(ofSubPixel);
      sampledLevels.add(level);
    }
    row.pass(columns, padding);
    Operand<TInt32> all =
        tf.reshape(
            tf.stack(sampledLevels, Stack.axis(1L)),
            tf.constant(new int[] {-1, columns, channels}));
    return new Sampled(tf.dtypes.cast(all, TUint8.class), List.copyOf(logits), row.leave());
  }

  private static <T extends TType> List<Operand<T>> unstack(Ops tf, Operand<T> x, int count) {
    return tf.unstack(x, (long) count, Unstack.axis(1L)).output().stream()
        .<Operand<T>>map(o -> o)
        .toList();
  }
}
