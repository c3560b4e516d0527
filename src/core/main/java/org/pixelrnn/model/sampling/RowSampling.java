package org.pixelrnn.model.sampling;

import java.util.ArrayList;
import java.util.List;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.RowwiseNetwork;
import org.pixelrnn.model.graph.BatchSize;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.layer.BlockTensors;
import org.pixelrnn.model.layer.LaneShift;
import org.pixelrnn.model.layer.Lanes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The operations that sample one row of n images, sub-pixel by sub-pixel, from the network's
 * softmax. In {@link Lanes} they sample one block of a row in each lane.
 *
 * <p>A level is sampled by the Gumbel-max trick: {@code argmax_k (logits_k + T · g_k)} with {@code
 * g_k = -log(-log u_k)} has the distribution {@code softmax(logits / T)}. At T = 0 it is the most
 * likely level. {@link SeededUniform} says where the u of a seed come from.
 *
 * @param row the sampled row; its state is {@link RowwiseNetwork#layerState}
 * @param logits the logits of each sub-pixel in order, {@code [n, levels]} each; only those after
 *     the loop over blocks, if there is one
 */
record RowSampling(SampledRow row, List<Operand<TFloat32>> logits) {

  /**
   * Adds the operations.
   *
   * @param lanes {@link Lanes#one}, or {@link RowwiseNetwork#lanes()}; with several, read {@code
   *     lanes · n} for n and the columns of one lane for the width, in the inputs and in the result
   * @param columns the number of columns of a block of {@link BlockLoop}; at least those of a lane
   *     for no loop
   */
  static RowSampling of(
      BuildContext context, Network network, Lanes lanes, int columns, RowArguments inputs) {
    Ops tf = context.tf();
    Operand<TInt32> n = tf.math.div(BatchSize.of(tf, inputs.levels()), tf.constant(lanes.count()));
    LaneShift shift = network.rows().shift(tf, lanes, inputs.turn(), n);
    BlockTensors start = network.rows().enter(context, inputs.state(), inputs.condition(), shift);
    RowBlock row =
        new RowBlock(lanes.columns(), inputs.levels(), inputs.known(), inputs.noise(), start);
    RowBlock.Sampled sampled = sample(context, network, shift, row, columns);
    List<Operand<TFloat32>> state =
        network.rows().leave(context, inputs.state(), inputs.condition(), shift, sampled.end());
    return new RowSampling(new SampledRow(sampled.levels(), state), sampled.logits());
  }

  /** Samples a row with a loop over blocks of some columns, and what remains without the loop. */
  private static RowBlock.Sampled sample(
      BuildContext context, Network network, LaneShift shift, RowBlock row, int columns) {
    int padding = network.rows().paddingColumns();
    int blocks = (row.columns() - 1) / columns;
    if (blocks == 0) {
      return row.sample(context, network, shift, padding);
    }
    Ops tf = context.tf();
    int done = blocks * columns;
    try (BlockLoop loop = new BlockLoop(network, columns, blocks, row)) {
      RowBlock.Sampled first = loop.sample(context, row);
      RowBlock.Sampled rest =
          row.withLeft(first.end().left())
              .cut(tf, network, tf.constant(done), row.columns() - done, padding)
              .sample(context, network, shift, padding);
      List<Operand<TFloat32>> byColumn = new ArrayList<>();
      for (Operand<TFloat32> part : first.end().byColumn()) {
        byColumn.add(
            tf.concat(List.of(part, rest.end().byColumn().get(byColumn.size())), tf.constant(0)));
      }
      return new RowBlock.Sampled(
          tf.concat(List.of(first.levels(), rest.levels()), tf.constant(1)),
          rest.logits(),
          new BlockTensors(byColumn, rest.end().left()));
    }
  }
}
