package org.pixelrnn.model;

import com.google.common.collect.ImmutableList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.graph.BatchSize;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Precision;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.layer.BlockTensors;
import org.pixelrnn.model.layer.LaneShift;
import org.pixelrnn.model.layer.Lanes;
import org.pixelrnn.model.layer.LayerMaps;
import org.pixelrnn.model.layer.MapLayout;
import org.pixelrnn.model.layer.Mask;
import org.pixelrnn.model.layer.MaskedConvolution;
import org.pixelrnn.model.layer.MaskedConvolution.Features;
import org.pixelrnn.model.layer.NextState;
import org.pixelrnn.model.layer.ResidualLayer;
import org.pixelrnn.model.layer.RightPadding;
import org.pixelrnn.model.layer.RowState;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TFloating;

/**
 * A PixelRNN: the stack of layers of section 3, table 1, for images of C channels and K levels.
 *
 * <pre>
 *   images                             [n, height, width, C]     level indices
 *     │  {@link InputValues}
 *   values                             [n, height, width, C]     numbers from -1 to 1
 *     │  input: 7×7 mask A
 *   features                           [n, height, width, 2h]
 *     │  layer1 … layerL               [n, height, width, 2h]    {@link ResidualLayer}
 *     │  + skip connections, if any    [n, height, width, 2h]
 *     │  ReLU, head: 1×1 mask B        [n, height, width, head_width]
 *     │  ReLU, softmax: 1×1 mask B     [n, height, width, C·K]
 *   logits                             [n, height, width, C, K]
 * </pre>
 *
 * <p>Each layer adds to the features what its body makes of them. The body is that of a PixelCNN, a
 * Row LSTM or a Diagonal BiLSTM, as the configuration says.
 *
 * <p>The network has two faces over the same weights. {@link #logitMaps} runs it over whole images,
 * for training and likelihood. {@link #row} runs it along one row, given the state that the rows
 * above have left, for sampling.
 *
 * <p>A network may be conditioned on the small image (section 3.6), as the full network of a {@link
 * MultiScaleNetwork} is. Then it models p(image | small image).
 */
public final class Network implements ImageModel {
  private static final int INPUT_SIZE = 7;

  private final ImageShape shape;

  // NetworkRow reads these too.
  final String prefix;
  final Optional<SmallImageCondition> condition;
  final MaskedConvolution input;
  final List<ResidualLayer> layers;
  final RightPadding padding;
  final MaskedConvolution head;
  final MaskedConvolution softmax;

  private final int noiseBlockColumns;

  /**
   * Builds a network that is not conditioned.
   *
   * @param config a configuration that {@link ModelRules} accepts
   */
  public Network(ModelConfig config) {
    this("", config, Optional.empty());
  }

  /**
   * Builds one network of a model.
   *
   * @param prefix the beginning of the names of its weights and states, for example {@code full/}
   * @param condition what it is conditioned on, if it is conditioned
   */
  Network(String prefix, ModelConfig config, Optional<SmallImageCondition> condition) {
    this.prefix = prefix;
    this.condition = condition;
    shape = ImageShape.of(config);
    int channels = config.getChannels();
    int features = 2 * config.getH();
    input =
        MaskedConvolution.square(
            prefix + "input", Mask.A, INPUT_SIZE, new Features(channels, features, channels), 1);
    int conditionFeatures = condition.map(SmallImageCondition::features).orElse(0);
    layers =
        IntStream.rangeClosed(1, config.getLayers())
            .mapToObj(l -> new ResidualLayer(prefix + "layer" + l, config, conditionFeatures))
            .toList();
    padding = layers.get(0).padding();
    head =
        MaskedConvolution.pointwise(
            prefix + "head", new Features(features, config.getHeadWidth(), channels), 2);
    softmax =
        MaskedConvolution.pointwise(
            prefix + "softmax",
            new Features(config.getHeadWidth(), channels * config.getLevels(), channels),
            1);
    noiseBlockColumns = config.hasPixelCnn() ? narrowestEqualLanes() : shape.width();
  }

  private int narrowestEqualLanes() {
    return IntStream.rangeClosed(lanes().columns(), shape.width())
        .filter(columns -> shape.width() % columns == 0)
        .findFirst()
        .orElseThrow();
  }

  /** The shape of the images that this network models. */
  @Override
  public ImageShape shape() {
    return shape;
  }

  /** All trainable tensors, in the order of the network. */
  @Override
  public List<Weight> weights() {
    ImmutableList.Builder<Weight> all = ImmutableList.builder();
    condition.ifPresent(c -> all.addAll(c.weights()));
    all.addAll(input.weights());
    layers.forEach(layer -> all.addAll(layer.weights()));
    return all.addAll(head.weights()).addAll(softmax.weights()).build();
  }

  // ---- Whole images ----

  /**
   * Adds the operations that compute the logits of every sub-pixel given all earlier sub-pixels,
   * {@code log p(x_i = k | x_<i)} up to a constant. A conditioned network takes the small images
   * from {@code images}.
   *
   * @param images level indices, {@code [n, height, width, channels]}
   * @return {@code [n, height, width, channels, levels]}
   */
  public Operand<TFloat32> logits(BuildContext context, Operand<TUint8> images) {
    return logitMaps(context, images, 1).asImages(context);
  }

  @Override
  public Scores scores(BuildContext context, Operand<TUint8> images) {
    LogitMaps maps = logitMaps(context, images, 1);
    Operand<TFloat32> logProb = maps.logProb(context.tf(), images);
    return new Scores(maps.asImages(context), logProb);
  }

  /**
   * As {@link #logits}, but the result keeps the layout that the layers compute in.
   *
   * @param images level indices, {@code [n, height, width, channels]}; n is at least {@code pieces}
   * @param pieces the number of pieces that maps may be cut into: 1 or {@link #pieces}
   */
  public LogitMaps logitMaps(BuildContext context, Operand<TUint8> images, int pieces) {
    MapLayout layout = layers.get(0).layout(pieces);
    return logitMaps(
        context,
        layout,
        split(context.tf(), images, layout.pieces()).stream()
            .map(part -> inputMaps(context, part))
            .toList());
  }

  /**
   * The best number of pieces when several threads compute: one for each recurrence of a layer, so
   * that every thread has work between the recurrences too.
   */
  public int pieces() {
    return layers.get(0).pieces();
  }

  /**
   * The logits of images that are given as {@link InputValues}.
   *
   * @param values {@code [n, height, width, channels]}
   * @param upsampled the maps of {@link #upsampled} if the network is conditioned
   * @return {@code [n, height, width, channels, levels]}
   */
  Operand<TFloat32> logitsOfValues(
      BuildContext context, Operand<TFloat32> values, Optional<Operand<TFloat32>> upsampled) {
    LayerMaps<TFloating> maps = inputMaps(context, values, upsampled.map(context::rounded));
    return logitMaps(context, layers.get(0).layout(1), List.of(maps)).asImages(context);
  }

  private LayerMaps<TFloating> inputMaps(BuildContext context, Operand<TUint8> images) {
    Ops tf = context.tf();
    return inputMaps(
        context,
        inputValues().ofImages(tf, images),
        condition.map(c -> conditionMaps(context, c, c.reduction().of(tf, images))));
  }

  /** What flows into the first layer, {@code [n, height, width + padding, 2h]}. */
  private LayerMaps<TFloating> inputMaps(
      BuildContext context, Operand<TFloat32> values, Optional<Operand<TFloating>> upsampled) {
    Ops tf = context.tf();
    return new LayerMaps<>(
        input.apply(context.scope(prefix + "input"), context.rounded(padding.pad(tf, values))),
        upsampled.map(maps -> padding.pad(tf, maps)));
  }

  /**
   * All layers and the head.
   *
   * @param parts what flows into the first layer, one part of the batch for each piece of the
   *     layout
   */
  private LogitMaps logitMaps(
      BuildContext context, MapLayout layout, List<LayerMaps<TFloating>> parts) {
    Ops tf = context.tf();
    ImmutableList.Builder<List<Operand<TFloating>>> maps = ImmutableList.builder();
    maps.add(parts.stream().map(LayerMaps::features).toList());
    if (condition.isPresent()) {
      maps.add(parts.stream().map(part -> part.condition().orElseThrow()).toList());
    }
    List<List<Operand<TFloating>>> packed = layout.pack(context, maps.build());
    List<LayerMaps<TFloating>> pieces =
        IntStream.range(0, layout.pieces())
            .mapToObj(
                i ->
                    new LayerMaps<>(packed.get(0).get(i), condition.map(c -> packed.get(1).get(i))))
            .toList();
    for (ResidualLayer layer : layers) {
      pieces = layer.apply(context, pieces);
    }
    return new LogitMaps(
        shape,
        layout,
        padding,
        condition,
        tf,
        pieces.stream().map(piece -> applyHead(context, withSkips(tf, piece))).toList());
  }

  /** {@code [..., 2h]} to {@code [..., channels · levels]}. */
  private Operand<TFloat32> applyHead(BuildContext context, Operand<TFloating> features) {
    Ops tf = context.tf();
    Operand<TFloating> hidden = head.apply(context.scope(prefix + "head"), tf.nn.relu(features));
    return Precision.float32(
        tf, softmax.apply(context.scope(prefix + "softmax"), tf.nn.relu(hidden)));
  }

  /** What the head reads: the features of the last layer, and all skip connections. */
  static <T extends TFloating> Operand<T> withSkips(Ops tf, LayerMaps<T> maps) {
    return maps.skips()
        .<Operand<T>>map(skips -> tf.math.add(maps.features(), skips))
        .orElse(maps.features());
  }

  /** Splits a batch into parts whose sizes differ by 1 at most. */
  private static List<? extends Operand<TUint8>> split(Ops tf, Operand<TUint8> images, int parts) {
    if (parts == 1) {
      return List.of(images);
    }
    // n = ⌊n / parts⌋ + ⌊(n + 1) / parts⌋ + …
    int[] more = IntStream.range(0, parts).toArray();
    Operand<TInt32> sizes =
        tf.math.div(tf.math.add(BatchSize.of(tf, images), tf.constant(more)), tf.constant(parts));
    return tf.splitV(images, sizes, tf.constant(0), (long) parts).output();
  }

  InputValues inputValues() {
    return new InputValues(shape.levels());
  }

  // ---- One row ----

  /**
   * The neighbours of each lane in the network's maps, padding included.
   *
   * @param lanes {@link Lanes#one}, or {@link #lanes()}
   * @param turn the number of the turn, {@code []}; not read if there is one lane
   * @param n the number of images, {@code []}
   */
  public LaneShift shift(Ops tf, Lanes lanes, Operand<TInt32> turn, Operand<TInt32> n) {
    return new LaneShift(tf, padding.pad(lanes), turn, n);
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
    input.enter(
        context.scope(prefix + "input"),
        take(next, input.state(shift.lanes()).size()),
        shift,
        start);
    for (ResidualLayer layer : layers) {
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
    return new NetworkRow(context, this, start, shift);
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
    List<Operand<TFloat32>> ofInput = take(before, input.state(shift.lanes()).size());
    input.leave(context.tf(), ofInput, shift, end, next);
    for (ResidualLayer layer : layers) {
      List<Operand<TFloat32>> ofLayer = take(before, layer.state(shift.lanes()).size());
      layer.leave(context, ofLayer, conditionRow, shift, end, next);
    }
    return next.build();
  }

  private static List<Operand<TFloat32>> take(Iterator<Operand<TFloat32>> from, int count) {
    return IntStream.range(0, count).mapToObj(i -> from.next()).toList();
  }

  /** The number of layers. */
  public int depth() {
    return layers.size();
  }

  /** The number of columns of padding right of the image, in which nothing is sampled. */
  public int paddingColumns() {
    return padding.columns();
  }

  /** The most rows that can be sampled at the same time. */
  public Lanes lanes() {
    OptionalInt layerReach = layers.get(0).rightReach();
    return layerReach.isEmpty()
        ? Lanes.one(shape.width())
        : Lanes.of(shape.width(), Math.max(input.rightReach(), layerReach.getAsInt()) + 1);
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
    return state(Lanes.one(shape.width()));
  }

  /**
   * The state that goes from each turn to the next when several rows are sampled at the same time:
   * {@link #layerState}, and then the condition, if there is one.
   */
  public List<RowState> state(Lanes lanes) {
    ImmutableList.Builder<RowState> all = ImmutableList.builder();
    all.addAll(layerState(lanes));
    condition.ifPresent(c -> all.add(c.state(padding.pad(lanes))));
    return all.build();
  }

  /** The state that each turn leaves for the next one, without the condition. */
  public List<RowState> layerState(Lanes lanes) {
    Lanes padded = padding.pad(lanes);
    ImmutableList.Builder<RowState> all = ImmutableList.builder();
    all.addAll(input.state(padded));
    layers.forEach(layer -> all.addAll(layer.state(padded)));
    return all.build();
  }

  /**
   * The maps that a conditioned network makes of small images.
   *
   * @param small level indices, {@code [n, height / factor, width / factor, channels]}
   * @return {@code [n, height, width, features]}
   */
  public Operand<TFloat32> upsampled(BuildContext context, Operand<TUint8> small) {
    return Precision.float32(context.tf(), conditionMaps(context, condition.orElseThrow(), small));
  }

  private Operand<TFloating> conditionMaps(
      BuildContext context, SmallImageCondition c, Operand<TUint8> small) {
    return c.maps(context, inputValues().ofImages(context.tf(), small));
  }

  /** The maps of {@link #upsampled} as the last part of {@link #state(Lanes)}. */
  public Operand<TFloat32> conditionState(Ops tf, Operand<TFloat32> upsampled, Lanes lanes) {
    return condition.orElseThrow().stateOf(tf, padding.pad(tf, upsampled), padding.pad(lanes));
  }

  /** The size of the condition of one row or block; empty for a network without a condition. */
  public Optional<RowState> conditionRow(Lanes lanes) {
    return condition.map(
        c -> new RowState("condition_row", padding.pad(lanes).columns(), c.features()));
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
    return condition.map(c -> c.row(tf, state.get(state.size() - 1), padding.pad(lanes), turn));
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
    int columns = padding.pad(Lanes.one(shape.width())).columns();
    return condition.map(c -> c.rows(tf, state.get(state.size() - 1), columns, rows));
  }
}
