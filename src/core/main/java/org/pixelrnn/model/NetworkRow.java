package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.layer.BlockTensors;
import org.pixelrnn.model.layer.LaneShift;
import org.pixelrnn.model.layer.LayerMaps;
import org.pixelrnn.model.layer.MaskedConvolutionRow;
import org.pixelrnn.model.layer.ResidualLayer;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A {@link Network} that goes along a block of a row, sub-pixel by sub-pixel, from left to right. A
 * small row is a single block.
 *
 * <pre>
 *   what the rows above contribute, and the pixels left of the block
 *     │
 *     ├─► logits(0, 0)   then the caller chooses a level   see(level)
 *     ├─► logits(0, 1)   of the next channel                see(level)
 *     ├─► logits(1, 0)   of the next column                 see(level)
 *     ┆
 *     └─► leave()        what the row below and the next block need
 * </pre>
 *
 * <p>A layer computes what the rows above contribute once for the whole row. Each sub-pixel then
 * costs one step of each layer.
 */
public final class NetworkRow {
  private final Ops tf;
  private final int channels;
  private final Operand<TFloat32> inputValues;
  private final MaskedConvolutionRow inputRow;
  private final List<ResidualLayer.Row> layerRows = new ArrayList<>();
  private final MaskedConvolutionRow headRow;
  private final MaskedConvolutionRow softmaxRow;
  private final Operand<TFloat32> outside;
  private final Operand<TInt32> firstAxis;

  NetworkRow(BuildContext context, Network network, BlockTensors start, LaneShift shift) {
    tf = context.tf();
    channels = network.shape().channels();
    inputValues = network.inputValues().table(tf);
    inputRow = network.input.row(context.scope(network.prefix + "input"), start, shift);
    for (ResidualLayer layer : network.layers) {
      layerRows.add(layer.row(context, start, shift));
    }
    headRow = network.head.row(context.scope(network.prefix + "head"), start, shift);
    softmaxRow = network.softmax.row(context.scope(network.prefix + "softmax"), start, shift);
    outside = shift.zeros(1);
    firstAxis = tf.constant(0);
  }

  /**
   * The logits of one sub-pixel. Columns count from the left edge of the block. Ask for sub-pixels
   * in order, and give the level of each to {@link #see} before the next.
   *
   * @return {@code [n, levels]}
   */
  public Operand<TFloat32> logits(int column, int channel) {
    headRow.addInput(tf.nn.relu(Network.withSkips(tf, features(column, channel))));
    softmaxRow.addInput(tf.nn.relu(headRow.output(column, channel)));
    return softmaxRow.output(column, channel);
  }

  private LayerMaps<TFloat32> features(int column, int channel) {
    LayerMaps<TFloat32> maps = new LayerMaps<>(inputRow.output(column, channel), Optional.empty());
    for (ResidualLayer.Row layer : layerRows) {
      maps = layer.pixel(column, channel, maps);
    }
    return maps;
  }

  /**
   * Takes in the level of the sub-pixel whose logits came last.
   *
   * @param levels level indices, {@code [n]}
   */
  public void see(Operand<TInt32> levels) {
    inputRow.addInput(tf.gather(inputValues, levels, firstAxis));
  }

  /**
   * Goes on along the columns of padding right of the image, where nothing is sampled.
   *
   * @param from the first column of padding
   * @param count the number of these columns
   */
  public void pass(int from, int count) {
    for (int column = from; column < from + count; column++) {
      for (int channel = 0; channel < channels; channel++) {
        features(column, channel);
        inputRow.addInput(outside);
      }
    }
  }

  /** Ends the block after its last pixel: what the row below and the next block need. */
  public BlockTensors leave() {
    BlockTensors.Builder end = new BlockTensors.Builder();
    inputRow.leave(end);
    layerRows.forEach(layer -> layer.leave(end));
    return end.build();
  }
}
