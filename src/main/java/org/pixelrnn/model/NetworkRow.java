package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A {@link Network} on its way along one row, sub-pixel by sub-pixel: {@link #logits} of each, then
 * {@link #see} its level.
 */
final class NetworkRow {
  private final Network network;
  private final Ops tf;
  private final Operand<TFloat32> inputValues;
  private final Optional<Operand<TFloat32>> conditionState;
  private final MaskedConvolutionRow inputRow;
  private final List<ResidualLayer.AlongRow> layerRows = new ArrayList<>();
  private final MaskedConvolutionRow headRow;
  private final MaskedConvolutionRow softmaxRow;
  private final Operand<TFloat32> outside;

  NetworkRow(
      Pass pass,
      Network network,
      List<Operand<TFloat32>> state,
      LaneShift shift,
      Operand<TInt32> turn) {
    this.network = network;
    tf = pass.tf();
    conditionState = network.condition.map(c -> state.get(state.size() - 1));
    Optional<Operand<TFloat32>> conditionRow =
        network.condition.map(c -> c.row(tf, conditionState.orElseThrow(), shift.lanes(), turn));
    inputValues = network.inputValues(tf);
    Iterator<Operand<TFloat32>> next = state.iterator();
    Lanes lanes = shift.lanes();
    inputRow =
        network.input.row(
            pass.scope(network.prefix + "input"),
            take(next, network.input.state(lanes).size()),
            shift);
    for (ResidualLayer layer : network.layers) {
      layerRows.add(layer.row(pass, take(next, layer.state(lanes).size()), shift, conditionRow));
    }
    headRow = network.head.row(pass.scope(network.prefix + "head"), List.of(), shift);
    softmaxRow = network.softmax.row(pass.scope(network.prefix + "softmax"), List.of(), shift);
    outside = shift.nothing(1);
  }

  private static List<Operand<TFloat32>> take(Iterator<Operand<TFloat32>> from, int count) {
    return IntStream.range(0, count).mapToObj(i -> from.next()).toList();
  }

  /** The logits of one sub-pixel, {@code [n, levels]}; all earlier ones have been seen. */
  Operand<TFloat32> logits(int column, int channel) {
    headRow.see(tf.nn.relu(Network.sum(tf, features(column, channel))));
    softmaxRow.see(tf.nn.relu(headRow.output(column, channel)));
    return softmaxRow.output(column, channel);
  }

  private Stream features(int column, int channel) {
    Stream stream = new Stream(inputRow.output(column, channel), Optional.empty());
    for (ResidualLayer.AlongRow layer : layerRows) {
      stream = layer.pixel(column, channel, stream);
    }
    return stream;
  }

  /** Takes in the level of the sub-pixel whose logits were last asked for, {@code [n]}. */
  void see(Operand<TInt32> levels) {
    inputRow.see(tf.gather(inputValues, levels, tf.constant(0)));
  }

  /** After the last sub-pixel: the state for the row below. */
  List<Operand<TFloat32>> finish() {
    for (int beyond = 0; beyond < network.margin.columns(); beyond++) {
      for (int channel = 0; channel < network.shape().channels(); channel++) {
        features(network.shape().width() + beyond, channel);
        inputRow.see(outside);
      }
    }
    List<Operand<TFloat32>> state = new ArrayList<>(inputRow.finish());
    layerRows.forEach(layer -> state.addAll(layer.finish()));
    conditionState.ifPresent(state::add);
    return List.copyOf(state);
  }
}
