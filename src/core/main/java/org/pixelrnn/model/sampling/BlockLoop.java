package org.pixelrnn.model.sampling;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.graph.ArgumentWeightSource;
import org.pixelrnn.model.graph.BatchSize;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.BuildGuard;
import org.pixelrnn.model.graph.DerivedWeight;
import org.pixelrnn.model.graph.GraphFunction;
import org.pixelrnn.model.layer.BlockTensors;
import org.pixelrnn.model.layer.LaneShift;
import org.pixelrnn.model.layer.Lanes;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.StatelessWhile;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * A loop inside the graph that samples a row in equal blocks, from left to right. The graph holds
 * the operations of one block, so it does not grow with the width of the image. The columns after
 * the last block are left to the caller.
 *
 * <pre>
 *   blocks of 4 columns       ┌───────┬───────┬───────┐
 *                             │ 0     │ 1     │ 2     │ rest
 *                             └───────┴───────┴───────┘
 * </pre>
 *
 * <p>The loop carries the pixels left of the next block. What the row below needs goes into one
 * tensor for each layer, block by block: {@code [blocks, columns, n, features]}.
 *
 * <p>The loop begins with three counters: the number of the iteration, the number of iterations and
 * the number of the block. Converters to ONNX take the first two variables of every loop for the
 * number of the iteration and the number of iterations. ONNX computes the first one itself, as an
 * int64. So the loop uses only the third.
 */
final class BlockLoop implements AutoCloseable {
  /** The number of counters, which are the first variables of the loop. */
  private static final int COUNTERS = 3;

  private final Network network;
  private final int columns;
  private final int blocks;
  private final ConcreteFunction nextBlock;
  private final ConcreteFunction blocksLeft;
  private List<DerivedWeight> weights = List.of();

  /** The number of features of each tensor that the row below needs. */
  private int[] features = {};

  /**
   * Builds the loop's functions.
   *
   * @param columns the number of columns of a block
   * @param blocks the number of blocks
   * @param row the whole row; its tensors have the shapes that the functions take
   */
  BlockLoop(Network network, int columns, int blocks, RowBlock row) {
    this.network = network;
    this.columns = columns;
    this.blocks = blocks;
    try (BuildGuard guard = new BuildGuard()) {
      nextBlock =
          guard.made(GraphFunction.create("next_block", function -> nextBlock(function, row)));
      blocksLeft =
          guard.made(GraphFunction.create("blocks_left", function -> blocksLeft(function, row)));
      guard.allBuilt();
    }
  }

  /**
   * Adds the operations that sample all blocks.
   *
   * @param row the whole row
   * @return the columns of all blocks
   */
  RowBlock.Sampled sample(BuildContext context, RowBlock row) {
    Ops tf = RowSamplingFunction.onCpu(context.tf());
    Operand<TInt32> n = BatchSize.of(tf, row.levels());
    ImmutableList.Builder<Operand<?>> inputs = ImmutableList.builder();
    inputs.add(tf.constant(0), tf.constant(blocks), tf.constant(0)).addAll(row.inOrder());
    weights.forEach(weight -> inputs.add(context.derived(weight)));
    inputs.add(
        tf.zeros(
            tf.stack(
                List.of(
                    tf.constant(blocks),
                    n,
                    tf.constant(columns),
                    tf.constant(network.shape().channels()))),
            TUint8.class));
    for (int size : features) {
      Operand<TInt32> shape =
          tf.stack(List.of(tf.constant(blocks), tf.constant(columns), n, tf.constant(size)));
      inputs.add(tf.fill(shape, tf.constant(0f)));
    }
    List<Output<?>> results =
        StatelessWhile.create(tf.scope(), inputs.build(), blocksLeft, nextBlock).output();
    int firstByColumn = results.size() - features.length;
    Operand<TUint8> levels =
        tf.linalg.transpose(
            results.get(firstByColumn - 1).expect(TUint8.class),
            tf.constant(new int[] {1, 0, 2, 3}));
    return new RowBlock.Sampled(
        tf.reshape(
            levels, tf.constant(new int[] {-1, blocks * columns, network.shape().channels()})),
        List.of(),
        new BlockTensors(
            byColumn(tf, results.subList(firstByColumn, results.size())), left(tf, row, results)));
  }

  @Override
  public void close() {
    blocksLeft.close();
    nextBlock.close();
  }

  /**
   * Joins the blocks of what the row below needs: {@code [columns, n, features]} for each layer.
   */
  private List<Operand<TFloat32>> byColumn(Ops tf, List<Output<?>> byBlock) {
    List<Operand<TFloat32>> byColumn = new ArrayList<>();
    for (Output<?> ofLayer : byBlock) {
      Operand<TFloat32> x = ofLayer.expect(TFloat32.class);
      int size = features[byColumn.size()];
      Operand<TInt32> shape =
          tf.stack(
              List.of(tf.constant(blocks * columns), BatchSize.of(tf, x, 2), tf.constant(size)));
      byColumn.add(
          tf.ensureShape(
              tf.reshape(x, shape), Shape.of((long) blocks * columns, Shape.UNKNOWN_SIZE, size)));
    }
    return byColumn;
  }

  /** The pixels left of the columns after the last block. */
  private static List<Operand<TFloat32>> left(Ops tf, RowBlock row, List<Output<?>> results) {
    List<Operand<TFloat32>> left = new ArrayList<>();
    int first = COUNTERS + row.inOrder().size() - row.start().left().size();
    for (Operand<TFloat32> before : row.start().left()) {
      Output<?> after = results.get(first + left.size());
      left.add(tf.ensureShape(after.expect(TFloat32.class), before.shape()));
    }
    return left;
  }

  private List<? extends Operand<?>> nextBlock(GraphFunction function, RowBlock like) {
    Ops tf = function.tf();
    Operand<TInt32> iteration = function.argument(TInt32.class);
    Operand<TInt32> iterations = function.argument(TInt32.class);
    Operand<TInt32> block = function.argument(TInt32.class);
    RowBlock row = like.arguments(function);
    ArgumentWeightSource source = new ArgumentWeightSource(function);
    Operand<TInt32> n = BatchSize.of(tf, row.levels());
    LaneShift shift =
        network.rows().shift(tf, Lanes.one(network.shape().width()), tf.constant(0), n);
    RowBlock.Sampled sampled =
        row.cut(tf, network, tf.math.mul(block, tf.constant(columns)), columns, 0)
            .sample(new BuildContext(tf, source), network, shift, 0);
    weights = source.derivedWeights();
    features =
        sampled.end().byColumn().stream().mapToInt(part -> (int) part.shape().get(2)).toArray();
    long any = Shape.UNKNOWN_SIZE;
    Operand<TUint8> levels = function.argument(TUint8.class, blocks, any, columns, any);
    Operand<TInt32> index = tf.reshape(block, tf.constant(new int[] {1, 1}));
    // The loop has no other use for the tensors of the whole row, so they are changed in place.
    Operand<TUint8> allLevels =
        tf.tensorScatterNdUpdate(levels, index, tf.expandDims(sampled.levels(), tf.constant(0)));
    List<Operand<TFloat32>> allByColumn = new ArrayList<>();
    for (Operand<TFloat32> ofBlock : sampled.end().byColumn()) {
      Operand<TFloat32> all =
          function.argument(TFloat32.class, blocks, columns, any, ofBlock.shape().get(2));
      allByColumn.add(tf.tensorScatterNdUpdate(all, index, tf.expandDims(ofBlock, tf.constant(0))));
    }
    return ImmutableList.<Operand<?>>builder()
        .add(tf.math.add(iteration, tf.constant(1)))
        .add(iterations)
        .add(tf.math.add(block, tf.constant(1)))
        .addAll(row.withLeft(sampled.end().left()).inOrder())
        .addAll(source.arguments())
        .add(allLevels)
        .addAll(allByColumn)
        .build();
  }

  private List<? extends Operand<?>> blocksLeft(GraphFunction function, RowBlock like) {
    Ops tf = function.tf();
    function.argument(TInt32.class);
    function.argument(TInt32.class);
    Operand<TInt32> block = function.argument(TInt32.class);
    RowBlock row = like.arguments(function);
    weights.forEach(weight -> function.argument(TFloat32.class, weight.shape().asArray()));
    long any = Shape.UNKNOWN_SIZE;
    function.argument(TUint8.class, blocks, any, columns, any);
    for (int size : features) {
      function.argument(TFloat32.class, blocks, columns, any, size);
    }
    // Without images there is nothing to do, and a tensor without numbers cannot be changed.
    return List.of(
        tf.math.logicalAnd(
            tf.math.less(block, tf.constant(blocks)),
            tf.math.greater(tf.size(row.levels()), tf.constant(0))));
  }
}
