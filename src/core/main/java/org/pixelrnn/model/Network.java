package org.pixelrnn.model;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.graph.BatchSize;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Precision;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.layer.LayerMaps;
import org.pixelrnn.model.layer.MapLayout;
import org.pixelrnn.model.layer.Mask;
import org.pixelrnn.model.layer.MaskedConvolution;
import org.pixelrnn.model.layer.MaskedConvolution.Features;
import org.pixelrnn.model.layer.ResidualLayer;
import org.pixelrnn.model.layer.RightPadding;
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
 * for training and likelihood. {@link #rows} runs it along one row, given the state that the rows
 * above have left, for sampling.
 *
 * <p>A network may be conditioned on the small image (section 3.6), as the full network of a {@link
 * MultiScaleNetwork} is. Then it models p(image | small image).
 */
public final class Network implements ImageModel {
  private static final int INPUT_SIZE = 7;

  private final ImageShape shape;

  // RowwiseNetwork and NetworkRow read these too.
  final String prefix;
  final Optional<SmallImageCondition> condition;
  final MaskedConvolution input;
  final List<ResidualLayer> layers;
  final RightPadding padding;
  final MaskedConvolution head;
  final MaskedConvolution softmax;

  private final RowwiseNetwork rows;

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
    rows = new RowwiseNetwork(this, config.hasPixelCnn());
  }

  /** The shape of the images that this network models. */
  @Override
  public ImageShape shape() {
    return shape;
  }

  /** The same network row by row, for sampling. */
  public RowwiseNetwork rows() {
    return rows;
  }

  /** The number of layers. */
  public int depth() {
    return layers.size();
  }

  /** The number of feature maps that the condition has; 0 for a network without a condition. */
  public int conditionFeatures() {
    return condition.map(SmallImageCondition::features).orElse(0);
  }

  /**
   * The weights of the upsampling network (section 3.6); empty for a network without a condition.
   */
  public List<Weight> conditionWeights() {
    return condition.map(SmallImageCondition::weights).orElse(List.of());
  }

  /** All trainable tensors, in the order of the network. */
  @Override
  public List<Weight> weights() {
    ImmutableList.Builder<Weight> all = ImmutableList.builder();
    all.addAll(conditionWeights()).addAll(input.weights());
    layers.forEach(layer -> all.addAll(layer.weights()));
    return all.addAll(head.weights()).addAll(softmax.weights()).build();
  }

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
}
