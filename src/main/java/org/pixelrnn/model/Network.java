package org.pixelrnn.model;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.MaskedConvolution.Features;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * A PixelRNN (section 3, table 1): 7×7 mask A to 2h features; L residual layers; ReLU, 1×1 mask B;
 * ReLU, 1×1 mask B to K logits a channel.
 *
 * <p>It has two faces over the same weights: {@link #logits} takes whole images, for training and
 * likelihood; a {@link NetworkRow} goes along one row, given the state that the rows above have
 * left, for drawing.
 *
 * <p>It may be conditioned on the small version of each image (section 3.6), as the full network of
 * a {@link MultiScaleNetwork} is; what it models is then the image given that.
 */
public final class Network implements ImageModel {
  private static final int INPUT_SIZE = 7;

  private final ImageShape shape;

  // What NetworkRow needs too.
  final String prefix;
  final Optional<Condition> condition;
  final MaskedConvolution input;
  final List<ResidualLayer> layers;
  final Margin margin;
  final MaskedConvolution head;
  final MaskedConvolution softmax;

  /**
   * @param config a configuration that has been checked
   */
  public Network(ModelConfig config) {
    this("", config, Optional.empty());
  }

  /**
   * A network inside a model.
   *
   * @param prefix of the names of its weights and states, {@code full/}
   * @param condition what it is conditioned on, if it is
   */
  Network(String prefix, ModelConfig config, Optional<Condition> condition) {
    this.prefix = prefix;
    this.condition = condition;
    shape = ImageShape.of(config);
    int channels = config.getChannels();
    int features = 2 * config.getH();
    input =
        MaskedConvolution.square(
            prefix + "input", Mask.A, INPUT_SIZE, new Features(channels, features, channels), 1);
    layers =
        IntStream.rangeClosed(1, config.getLayers())
            .mapToObj(l -> prefix + "layer" + l)
            .map(name -> new ResidualLayer(name, body(name, config), config))
            .toList();
    margin = layers.get(0).margin();
    head =
        MaskedConvolution.pointwise(
            prefix + "head", new Features(features, config.getHeadWidth(), channels), 2);
    softmax =
        MaskedConvolution.pointwise(
            prefix + "softmax",
            new Features(config.getHeadWidth(), channels * config.getLevels(), channels),
            1);
  }

  /** The registry of layer kinds. */
  private LayerBody body(String name, ModelConfig config) {
    int conditionFeatures = condition.map(Condition::features).orElse(0);
    return switch (config.getArchitectureCase()) {
      case PIXEL_CNN -> new PixelCnnBody(name, config, conditionFeatures);
      case ROW_LSTM -> new RowLstmBody(name, config, conditionFeatures);
      case DIAGONAL_BILSTM -> new DiagonalBiLstmBody(name, config, conditionFeatures);
      default ->
          throw new IllegalArgumentException("no architecture " + config.getArchitectureCase());
    };
  }

  /** The images that this network models. */
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

  /** What is carried from row to row when images are drawn a row at a time. */
  public List<State> state() {
    return state(Lanes.one(shape.width()));
  }

  /** What is carried from turn to turn when rows are drawn beside one another. */
  List<State> state(Lanes ofImages) {
    Lanes lanes = margin.added(ofImages);
    ImmutableList.Builder<State> all = ImmutableList.builder();
    all.addAll(input.state(lanes));
    layers.forEach(layer -> all.addAll(layer.state(lanes)));
    condition.ifPresent(c -> all.add(c.state(lanes)));
    return all.build();
  }

  /** The most rows that can be drawn beside one another. */
  Lanes lanes() {
    if (layers.stream().anyMatch(layer -> layer.ahead().isEmpty())) {
      return Lanes.one(shape.width());
    }
    int ahead = input.taps().ahead();
    for (ResidualLayer layer : layers) {
      ahead = Math.max(ahead, layer.ahead().getAsInt());
    }
    return Lanes.of(shape.width(), ahead + 1);
  }

  /**
   * The logits of every sub-pixel given all earlier ones, {@code log p(x_i = k | x_<i)} up to a
   * constant; of a conditioned network also given the small version of the image.
   *
   * @param images level indices, {@code [n, height, width, channels]}
   * @return {@code [n, height, width, channels, levels]}
   */
  public Operand<TFloat32> logits(Pass pass, Operand<TUint8> images) {
    return conditionals(pass, images, 1).asImages(pass);
  }

  /**
   * {@link #logits} where the layers have the pixels.
   *
   * @param images level indices, {@code [n, height, width, channels]}, as many as there are pieces
   *     or more
   * @param pieces that the maps may be in: 1, or {@link #pieces}
   */
  public Conditionals conditionals(Pass pass, Operand<TUint8> images, int pieces) {
    Ops tf = pass.tf();
    MapLayout layout = layers.get(0).layout(pieces);
    return conditionals(
        pass,
        layout,
        inParts(tf, images, layout.pieces()).stream()
            .map(
                part ->
                    begun(
                        pass,
                        values(tf, part),
                        condition.map(c -> upsampled(pass, c.reduction().of(tf, part)))))
            .toList());
  }

  /** In how many pieces maps had better be where several threads are. */
  public int pieces() {
    return layers.get(0).pieces();
  }

  @Override
  public Scores scores(Pass pass, Operand<TUint8> images) {
    Conditionals conditionals = conditionals(pass, images, 1);
    Operand<TFloat32> logProb = conditionals.likelihood(pass.tf(), images).logProb();
    return new Scores(conditionals.asImages(pass), logProb);
  }

  /** {@link #upsampled} as the last part of {@link #state(Lanes)}. */
  Operand<TFloat32> conditionState(Ops tf, Operand<TFloat32> upsampled, Lanes lanes) {
    return condition.orElseThrow().stateOf(tf, margin.added(tf, upsampled), margin.added(lanes));
  }

  /** What a conditioned network makes of small images, {@code [n, height, width, features]}. */
  Operand<TFloat32> upsampled(Pass pass, Operand<TUint8> small) {
    return condition.orElseThrow().map(pass, values(pass.tf(), small));
  }

  /** What the network is shown of images, {@code [n, height, width, channels]}. */
  Operand<TFloat32> values(Ops tf, Operand<TUint8> images) {
    return tf.gather(
        tf.reshape(inputValues(tf), tf.constant(new int[] {-1})),
        tf.dtypes.cast(images, TInt32.class),
        tf.constant(0));
  }

  /** {@link #logits} of {@link #values} and of what the network is conditioned on. */
  Operand<TFloat32> logits(
      Pass pass, Operand<TFloat32> values, Optional<Operand<TFloat32>> upsampled) {
    return conditionals(pass, layers.get(0).layout(1), List.of(begun(pass, values, upsampled)))
        .asImages(pass);
  }

  /** What flows into the layers, {@code [n, height, width, features]} with the margin. */
  private Stream begun(Pass pass, Operand<TFloat32> values, Optional<Operand<TFloat32>> upsampled) {
    Ops tf = pass.tf();
    return new Stream(
        input.apply(pass.scope(prefix + "input"), margin.added(tf, values)),
        upsampled.map(u -> margin.added(tf, u)));
  }

  /**
   * The layers and the head.
   *
   * @param parts of the batch, as images, as many as the layout has pieces
   */
  private Conditionals conditionals(Pass pass, MapLayout layout, List<Stream> parts) {
    Ops tf = pass.tf();
    ImmutableList.Builder<List<Operand<TFloat32>>> maps = ImmutableList.builder();
    maps.add(parts.stream().map(Stream::features).toList());
    if (condition.isPresent()) {
      maps.add(parts.stream().map(part -> part.condition().orElseThrow()).toList());
    }
    List<List<Operand<TFloat32>>> packed = layout.pack(pass, maps.build());
    List<Stream> stream =
        IntStream.range(0, layout.pieces())
            .mapToObj(
                i -> new Stream(packed.get(0).get(i), condition.map(c -> packed.get(1).get(i))))
            .toList();
    for (ResidualLayer layer : layers) {
      stream = layer.apply(pass, stream);
    }
    return new Conditionals(
        shape,
        layout,
        margin,
        condition,
        tf,
        stream.stream().map(piece -> headOf(pass, sum(tf, piece))).toList());
  }

  /** {@code [..., channels · levels]} of {@code [..., features]}. */
  private Operand<TFloat32> headOf(Pass pass, Operand<TFloat32> map) {
    Ops tf = pass.tf();
    Operand<TFloat32> hidden = tf.nn.relu(head.apply(pass.scope(prefix + "head"), tf.nn.relu(map)));
    return softmax.apply(pass.scope(prefix + "softmax"), hidden);
  }

  /** A batch in parts of about the same size. */
  private static List<? extends Operand<TUint8>> inParts(
      Ops tf, Operand<TUint8> images, int parts) {
    if (parts == 1) {
      return List.of(images);
    }
    Operand<TInt32> n = tf.gather(tf.shape(images), tf.constant(0), tf.constant(0));
    // n = ⌊n / parts⌋ + ⌊(n + 1) / parts⌋ + …
    int[] more = IntStream.range(0, parts).toArray();
    Operand<TInt32> sizes = tf.math.div(tf.math.add(n, tf.constant(more)), tf.constant(parts));
    return tf.splitV(images, sizes, tf.constant(0), (long) parts).output();
  }

  /**
   * The network on its way along one row, or along each lane's part of one.
   *
   * @param lanes of images
   * @param state what earlier turns have left, as {@link #state(Lanes)}
   * @param turn its number, {@code []}; of one lane, the row's
   * @param n images, {@code []}
   */
  NetworkRow row(
      Pass pass,
      Lanes lanes,
      List<Operand<TFloat32>> state,
      Operand<TInt32> turn,
      Operand<TInt32> n) {
    LaneShift shift = new LaneShift(pass.tf(), margin.added(lanes), turn, n);
    return new NetworkRow(pass, this, state, shift, turn);
  }

  /**
   * What the network is shown for each level, {@code [levels, 1]}: -1 … 1 evenly, so that 0 is left
   * for "no pixel".
   */
  Operand<TFloat32> inputValues(Ops tf) {
    float[][] values = new float[shape.levels()][1];
    for (int level = 0; level < values.length; level++) {
      values[level][0] = 2f * level / (values.length - 1) - 1;
    }
    return tf.constant(values);
  }

  /** What the head is given: the stream's features and all that skipped them. */
  static Operand<TFloat32> sum(Ops tf, Stream stream) {
    return stream
        .skips()
        .<Operand<TFloat32>>map(skips -> tf.math.add(stream.features(), skips))
        .orElse(stream.features());
  }
}
