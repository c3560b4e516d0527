package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.layer.LaneShift;
import org.pixelrnn.model.layer.Lanes;
import org.pixelrnn.model.layer.LayerMaps;
import org.pixelrnn.model.layer.MaskedConvolutionRow;
import org.pixelrnn.model.layer.ResidualLayer;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A {@link Network} that goes along one row, sub-pixel by sub-pixel, from left to right.
 *
 * <pre>
 *   state left by the rows above
 *     │
 *     ├─► logits(0, 0)   then the caller chooses a level   see(level)
 *     ├─► logits(0, 1)   of the next channel                see(level)
 *     ├─► logits(1, 0)   of the next column                 see(level)
 *     ┆
 *     └─► finish()       the state for the row below
 * </pre>
 *
 * <p>A layer computes what the rows above contribute once for the whole row. Each sub-pixel then
 * costs one step of each layer.
 */
public final class NetworkRow {
  private final Network network;
  private final Ops tf;
  private final Operand<TFloat32> inputValues;
  private final MaskedConvolutionRow inputRow;
  private final List<ResidualLayer.Row> layerRows = new ArrayList<>();
  private final MaskedConvolutionRow headRow;
  private final MaskedConvolutionRow softmaxRow;
  private final Operand<TFloat32> outside;

  NetworkRow(
      BuildContext context,
      Network network,
      Optional<Operand<TFloat32>> conditionRow,
      List<Operand<TFloat32>> state,
      LaneShift shift) {
    this.network = network;
    tf = context.tf();
    inputValues = network.inputValues().table(tf);
    Iterator<Operand<TFloat32>> next = state.iterator();
    Lanes lanes = shift.lanes();
    inputRow =
        network.input.row(
            context.scope(network.prefix + "input"),
            take(next, network.input.state(lanes).size()),
            shift);
    for (ResidualLayer layer : network.layers) {
      layerRows.add(layer.row(context, take(next, layer.state(lanes).size()), shift, conditionRow));
    }
    headRow = network.head.row(context.scope(network.prefix + "head"), List.of(), shift);
    softmaxRow = network.softmax.row(context.scope(network.prefix + "softmax"), List.of(), shift);
    outside = shift.zeros(1);
  }

  private static List<Operand<TFloat32>> take(Iterator<Operand<TFloat32>> from, int count) {
    return IntStream.range(0, count).mapToObj(i -> from.next()).toList();
  }

  /**
   * The logits of one sub-pixel. Ask for sub-pixels in order, and give the level of each to {@link
   * #see} before the next.
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
    inputRow.addInput(tf.gather(inputValues, levels, tf.constant(0)));
  }

  /**
   * Ends the row after its last sub-pixel, and returns the state for the row below, as {@link
   * Network#layerState}.
   */
  public List<Operand<TFloat32>> finish() {
    // The layers also need the columns of padding right of the image.
    for (int beyond = 0; beyond < network.padding.columns(); beyond++) {
      for (int channel = 0; channel < network.shape().channels(); channel++) {
        features(network.shape().width() + beyond, channel);
        inputRow.addInput(outside);
      }
    }
    List<Operand<TFloat32>> state = new ArrayList<>(inputRow.finish());
    layerRows.forEach(layer -> state.addAll(layer.finish()));
    return List.copyOf(state);
  }
}
