package org.pixelrnn.model;

import com.google.common.collect.ImmutableList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.layer.BlockTensors;
import org.pixelrnn.model.layer.LaneShift;
import org.pixelrnn.model.layer.Lanes;
import org.pixelrnn.model.layer.NextState;
import org.pixelrnn.model.layer.ResidualLayer;
import org.pixelrnn.model.layer.RowState;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A {@link Network} row by row, for sampling: what one row needs from the rows above, and what it
 * leaves for the row below.
 *
 * <pre>
 *   state that the rows above have left
 *     │  {@link #enter}
 *   what they contribute, by column
 *     │  {@link #row}: sub-pixel by sub-pixel, see {@link NetworkRow}
 *   what the row below needs
 *     │  {@link #leave}
 *   state for the row below
 * </pre>
 *
 * <p>With several {@link Lanes} it works on one block of a row in each lane.
 */
public final class RowwiseNetwork {
  private final Network network;
  private final int width;
  private final int noiseBlockColumns;

  /**
   * The rows of a network.
   *
   * @param noiseByLane true if each lane has a stream of random numbers of its own
   */
  RowwiseNetwork(Network network, boolean noiseByLane) {
    this.network = network;
    this.width = network.shape().width();
    this.noiseBlockColumns = noiseByLane ? narrowestEqualLanes() : width;
  }

  private int narrowestEqualLanes() {
    return IntStream.rangeClosed(lanes().columns(), width)
        .filter(columns -> width % columns == 0)
        .findFirst()
        .orElseThrow();
  }

  /**
   * The neighbours of each lane in the network's maps, padding included.
   *
   * @param lanes {@link Lanes#one}, or {@link #lanes()}
   * @param turn the number of the turn, {@code []}; not read if there is one lane
   * @param n the number of images, {@code []}
   */
  public LaneShift shift(Ops tf, Lanes lanes, Operand<TInt32> turn, Operand<TInt32> n) {
    return new LaneShift(tf, network.padding.pad(lanes), turn, n);
  }

  /**
   * The tensors with which a row begins, or each lane's block of a row.
   *
   * @param state what earlier turns have left, as {@link #layerState}
   * @param conditionRow the maps of the row or block, if the network is conditioned: {@link
   *     #conditionOfTurn} or {@link #conditionOfRows}
   */
  public BlockTensors enter(
      BuildContext context,
      List<Operand<TFloat32>> state,
      Optional<Operand<TFloat32>> conditionRow,
      LaneShift shift) {
    Iterator<Operand<TFloat32>> next = state.iterator();
    BlockTensors.Builder start = new BlockTensors.Builder();
    network.input.enter(
        context.scope(network.prefix + "input"),
        take(next, network.input.state(shift.lanes()).size()),
        shift,
        start);
    for (ResidualLayer layer : network.layers) {
      layer.enter(
          context, take(next, layer.state(shift.lanes()).size()), conditionRow, shift, start);
    }
    return start.build();
  }

  /**
   * The network along one block of a row, or along the block of each lane.
   *
   * @param start the tensors of {@link #enter}, cut to the block
   */
  public NetworkRow row(BuildContext context, BlockTensors start, LaneShift shift) {
    return new NetworkRow(context, network, start, shift);
  }

  /**
   * The state for the next turn, as {@link #layerState}.
   *
   * @param state as {@link #enter} got it
   * @param conditionRow as {@link #enter} got it
   * @param end what {@link NetworkRow#leave} returns, for the columns of all blocks
   */
  public List<Operand<TFloat32>> leave(
      BuildContext context,
      List<Operand<TFloat32>> state,
      Optional<Operand<TFloat32>> conditionRow,
      LaneShift shift,
      BlockTensors end) {
    Iterator<Operand<TFloat32>> before = state.iterator();
    NextState next = new NextState(context.tf());
    List<Operand<TFloat32>> ofInput = take(before, network.input.state(shift.lanes()).size());
    network.input.leave(context.tf(), ofInput, shift, end, next);
    for (ResidualLayer layer : network.layers) {
      List<Operand<TFloat32>> ofLayer = take(before, layer.state(shift.lanes()).size());
      layer.leave(context, ofLayer, conditionRow, shift, end, next);
    }
    return next.build();
  }

  private static List<Operand<TFloat32>> take(Iterator<Operand<TFloat32>> from, int count) {
    return IntStream.range(0, count).mapToObj(i -> from.next()).toList();
  }

  /** The number of columns of padding right of the image, in which nothing is sampled. */
  public int paddingColumns() {
    return network.padding.columns();
  }

  /** The most rows that can be sampled at the same time. */
  public Lanes lanes() {
    OptionalInt layerReach = network.layers.get(0).rightReach();
    return layerReach.isEmpty()
        ? Lanes.one(width)
        : Lanes.of(width, Math.max(network.input.rightReach(), layerReach.getAsInt()) + 1);
  }

  /**
   * The number of columns whose random numbers come from one stream, a divisor of the width. A seed
   * gives the same images as long as this does not change.
   */
  public int noiseBlockColumns() {
    return noiseBlockColumns;
  }

  /** The state that goes from each row to the row below when one row is sampled at a time. */
  public List<RowState> state() {
    return state(Lanes.one(width));
  }

  /**
   * The state that goes from each turn to the next when several rows are sampled at the same time:
   * {@link #layerState}, and then the condition, if there is one.
   */
  public List<RowState> state(Lanes lanes) {
    ImmutableList.Builder<RowState> all = ImmutableList.builder();
    all.addAll(layerState(lanes));
    network.condition.ifPresent(c -> all.add(c.state(network.padding.pad(lanes))));
    return all.build();
  }

  /** The state that each turn leaves for the next one, without the network.condition. */
  public List<RowState> layerState(Lanes lanes) {
    Lanes padded = network.padding.pad(lanes);
    ImmutableList.Builder<RowState> all = ImmutableList.builder();
    all.addAll(network.input.state(padded));
    network.layers.forEach(layer -> all.addAll(layer.state(padded)));
    return all.build();
  }

  /** The maps of {@link Network#upsampled} as the last part of {@link #state(Lanes)}. */
  public Operand<TFloat32> conditionState(Ops tf, Operand<TFloat32> upsampled, Lanes lanes) {
    return network
        .condition
        .orElseThrow()
        .stateOf(tf, network.padding.pad(tf, upsampled), network.padding.pad(lanes));
  }

  /**
   * The size of the condition of one row or block; empty for a network without a network.condition.
   */
  public Optional<RowState> conditionRow(Lanes lanes) {
    return network.condition.map(
        c -> new RowState("condition_row", network.padding.pad(lanes).columns(), c.features()));
  }

  /**
   * The condition of one turn.
   *
   * @param state the last part of {@link #state(Lanes)}
   * @param turn the number of the turn, {@code []}
   * @return {@code [columns, lanes · n, features]}, padding included; empty if the network is not
   *     conditioned
   */
  public Optional<Operand<TFloat32>> conditionOfTurn(
      Ops tf, List<Operand<TFloat32>> state, Lanes lanes, Operand<TInt32> turn) {
    return network.condition.map(
        c -> c.row(tf, state.get(state.size() - 1), network.padding.pad(lanes), turn));
  }

  /**
   * The condition of one row of each image.
   *
   * @param state the last part of {@link #state()} with the images first, {@code [n, height ·
   *     columns, features]}
   * @param rows the number of each image's row, {@code [n]}
   * @return as {@link #conditionOfTurn} with one lane
   */
  public Optional<Operand<TFloat32>> conditionOfRows(
      Ops tf, List<Operand<TFloat32>> state, Operand<TInt32> rows) {
    int columns = network.padding.pad(Lanes.one(width)).columns();
    return network.condition.map(c -> c.rows(tf, state.get(state.size() - 1), columns, rows));
  }
}
