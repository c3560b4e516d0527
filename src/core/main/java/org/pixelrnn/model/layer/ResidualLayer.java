package org.pixelrnn.model.layer;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.layer.MaskedConvolution.Features;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * A layer with its connections (section 3.3, figure 5):
 *
 * <pre>
 *   y = x + U·body(x)             the residual connection; without it, y = U·body(x)
 *   skips = skips + S·body(x)     if the network has skip connections to the output
 * </pre>
 *
 * <p>U and S are 1×1 convolutions of mask B, from h to 2h features. The configuration's
 * architecture chooses the body.
 */
public final class ResidualLayer {
  private final String name;
  private final LayerBody body;
  private final MaskedConvolution expansion;
  private final Optional<MaskedConvolution> skip;
  private final boolean residual;

  /**
   * A layer of a network.
   *
   * @param name the scope of its weights and states, {@code layer3}
   * @param conditionFeatures the number of feature maps that the network is conditioned on, or 0
   * @throws IllegalArgumentException if the configuration names no architecture
   */
  public ResidualLayer(String name, ModelConfig config, int conditionFeatures) {
    this.name = name;
    this.body = LayerBody.of(name, config, conditionFeatures);
    this.residual = config.getResidual();
    Features features = new Features(config.getH(), 2 * config.getH(), config.getChannels());
    // The residual stream is a sum over layers. Each layer initially gives its share of the
    // variance.
    double gain = residual ? 1.0 / config.getLayers() : 1;
    this.expansion = MaskedConvolution.pointwise(name + "/expansion", features, gain);
    this.skip =
        config.getSkip()
            ? Optional.of(
                MaskedConvolution.pointwise(name + "/skip", features, 1.0 / config.getLayers()))
            : Optional.empty();
  }

  /** The weights, in the order in which a network lists them. */
  public List<Weight> weights() {
    ImmutableList.Builder<Weight> all = ImmutableList.builder();
    all.addAll(body.weights()).addAll(expansion.weights());
    skip.ifPresent(s -> all.addAll(s.weights()));
    return all.build();
  }

  /**
   * The number of columns right of a pixel that it sees in the rows above; empty if it sees whole
   * rows, so that {@link Lanes} are impossible.
   */
  public OptionalInt rightReach() {
    return body.rightReach();
  }

  /** The columns that the layer's maps have right of the image. */
  public RightPadding padding() {
    return body.padding();
  }

  /** The tensors that the layer keeps from turn to turn during sampling. */
  public List<RowState> state(Lanes lanes) {
    return body.state(lanes);
  }

  /** The best number of pieces for the layer's maps when several threads run. */
  public int pieces() {
    return body.pieces();
  }

  /**
   * The memory layout of the maps that {@link #apply} takes and returns.
   *
   * @param pieces 1, or {@link #pieces()}
   */
  public MapLayout layout(int pieces) {
    return body.layout(pieces);
  }

  /**
   * Applies the layer to whole images.
   *
   * @param x maps of 2h features in one of this layer's {@link #layout layouts}, piece by piece
   * @return maps of 2h features in the same layout
   */
  public List<LayerMaps<TFloating>> apply(BuildContext network, List<LayerMaps<TFloating>> x) {
    BuildContext context = network.scope(name);
    List<LayerMaps<TFloating>> carried = LayerMaps.carryPast(context, x);
    List<Operand<TFloating>> hidden = body.apply(context, x);
    List<LayerMaps<TFloating>> y = new ArrayList<>();
    for (int piece = 0; piece < x.size(); piece++) {
      Operand<TFloating> hiddenPiece = hidden.get(piece);
      Operand<TFloating> expanded = expansion.apply(context, hiddenPiece);
      Optional<Operand<TFloating>> skipped = skip.map(s -> s.apply(context, hiddenPiece));
      y.add(connect(context.tf(), carried.get(piece), expanded, skipped));
    }
    return List.copyOf(y);
  }

  /**
   * Adds the tensors with which a row begins.
   *
   * @param state the state after the last turn, as {@link #state}
   * @param condition the condition of the row, {@code [columns, n, features]}
   */
  public void enter(
      BuildContext network,
      List<Operand<TFloat32>> state,
      Optional<Operand<TFloat32>> condition,
      LaneShift shift,
      BlockTensors.Builder start) {
    body.enter(network.scope(name), new LayerBody.Earlier(state, condition), shift, start);
  }

  /**
   * Begins one block of a row.
   *
   * @param start what {@link #enter} has added, cut to the block
   */
  public Row row(BuildContext network, BlockTensors start, LaneShift shift) {
    return new Row(network.scope(name), start, shift);
  }

  /**
   * Adds the state for the next turn, as {@link #state}.
   *
   * @param state as {@link #enter} got it
   * @param condition as {@link #enter} got it
   * @param end what {@link Row#leave} has added, for the columns of all blocks
   */
  public void leave(
      BuildContext network,
      List<Operand<TFloat32>> state,
      Optional<Operand<TFloat32>> condition,
      LaneShift shift,
      BlockTensors end,
      NextState next) {
    LayerBody.Earlier earlier = new LayerBody.Earlier(state, condition);
    body.leave(network.scope(name), earlier, shift, end, next);
  }

  private <T extends TFloating> LayerMaps<T> connect(
      Ops tf, LayerMaps<T> x, Operand<T> expanded, Optional<Operand<T>> skipped) {
    Operand<T> features = residual ? tf.math.add(x.features(), expanded) : expanded;
    Optional<Operand<T>> skips =
        skipped.map(s -> x.skips().<Operand<T>>map(sum -> tf.math.add(sum, s)).orElse(s));
    return new LayerMaps<>(features, skips, x.condition());
  }

  /**
   * The layer while a block of a row is being sampled, one channel group of one pixel at a time.
   */
  public final class Row {
    private final LayerRow bodyRow;
    private final MaskedConvolutionRow expansionRow;
    private final Optional<MaskedConvolutionRow> skipRow;

    private Row(BuildContext context, BlockTensors start, LaneShift shift) {
      this.bodyRow = body.row(context, start, shift);
      this.expansionRow = expansion.row(context, start, shift);
      this.skipRow = skip.map(s -> s.row(context, start, shift));
    }

    /**
     * Advances by one channel group of one pixel. Callers go through the columns in order, and
     * through groups 0 … C-1 in order within a column.
     *
     * @param x the group of the input at this pixel, {@code [n, 2h / C]}
     * @return the group of the output at this pixel, {@code [n, 2h / C]}
     */
    public LayerMaps<TFloat32> pixel(int column, int group, LayerMaps<TFloat32> x) {
      Operand<TFloat32> hidden = bodyRow.pixel(column, group, x.features());
      expansionRow.addInput(hidden);
      skipRow.ifPresent(s -> s.addInput(hidden));
      return new LayerMaps<>(
          expansionRow.output(column, group, residual ? List.of(x.features()) : List.of()),
          skipRow.map(s -> s.output(column, group, x.skips().map(List::of).orElse(List.of()))),
          x.condition());
    }

    /** Adds what the row below and the next block need, after the last pixel of the block. */
    public void leave(BlockTensors.Builder end) {
      bodyRow.leave(end);
    }
  }
}
