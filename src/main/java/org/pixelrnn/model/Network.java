package org.pixelrnn.model;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Iterator;
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
 * likelihood; {@link #row} goes along one row, given the state that the rows above have left, for
 * drawing.
 *
 * <p>It may be conditioned on the small version of each image (section 3.6), as the full network of
 * a {@link MultiScaleNetwork} is; what it models is then the image given that.
 */
public final class Network implements ImageModel {
  private static final int INPUT_SIZE = 7;

  private final String prefix;
  private final ImageShape shape;
  private final Optional<Condition> condition;
  private final MaskedConvolution input;
  private final List<ResidualLayer> layers;
  private final Margin margin;
  private final MaskedConvolution head;
  private final MaskedConvolution softmax;

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

  /** What it is conditioned on, if it is. */
  Optional<Condition> condition() {
    return condition;
  }

  /** The most rows that can be drawn beside one another. */
  Lanes lanes() {
    // The first layer sees three columns further than the pixel above, all others fewer.
    return layers.stream().allMatch(ResidualLayer::goesInLanes)
        ? Lanes.of(shape.width(), INPUT_SIZE / 2 + 1)
        : Lanes.one(shape.width());
  }

  /**
   * The logits of every sub-pixel given all earlier ones, {@code log p(x_i = k | x_<i)} up to a
   * constant; of a conditioned network also given the small version of the image.
   *
   * @param images level indices, {@code [n, height, width, channels]}
   * @return {@code [n, height, width, channels, levels]}
   */
  public Operand<TFloat32> logits(Pass pass, Operand<TUint8> images) {
    Ops tf = pass.tf();
    Optional<Operand<TFloat32>> upsampled =
        condition.map(c -> upsampled(pass, c.reduction().of(tf, images)));
    return logits(pass, values(tf, images), upsampled);
  }

  /**
   * The likelihood of images; of a conditioned network, of those of their pixels that are not known
   * to it, given the small versions.
   *
   * @param logits of the same images
   */
  public Likelihood likelihood(Ops tf, Operand<TFloat32> logits, Operand<TUint8> images) {
    return condition
        .map(c -> c.likelihood(tf, logits, images))
        .orElseGet(() -> Likelihood.of(tf, logits, images));
  }

  @Override
  public Scores scores(Pass pass, Operand<TUint8> images) {
    Operand<TFloat32> logits = logits(pass, images);
    return new Scores(logits, likelihood(pass.tf(), logits, images).logProb());
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
    Ops tf = pass.tf();
    MapLayout layout = layers.get(0).layout();
    ImmutableList.Builder<Operand<TFloat32>> maps = ImmutableList.builder();
    maps.add(input.apply(pass.scope(prefix + "input"), margin.added(tf, values)));
    upsampled.map(u -> margin.added(tf, u)).ifPresent(maps::add);
    Iterator<Operand<TFloat32>> packed = layout.pack(pass, maps.build()).iterator();
    Stream stream = new Stream(packed.next(), upsampled.map(u -> packed.next()));
    for (ResidualLayer layer : layers) {
      stream = layer.apply(pass, stream);
    }
    Operand<TFloat32> map = margin.cut(tf, layout.unpack(pass, sum(tf, stream)), shape.width());
    Operand<TFloat32> hidden = tf.nn.relu(head.apply(pass.scope(prefix + "head"), tf.nn.relu(map)));
    return tf.reshape(
        softmax.apply(pass.scope(prefix + "softmax"), hidden),
        tf.constant(
            new int[] {-1, shape.height(), shape.width(), shape.channels(), shape.levels()}));
  }

  /**
   * The network on its way along one row, or along each lane's part of one.
   *
   * @param lanes of images
   * @param state what earlier turns have left, as {@link #state(Lanes)}
   * @param turn its number, {@code []}; of one lane, the row's
   * @param n images, {@code []}
   */
  AlongRow row(
      Pass pass,
      Lanes lanes,
      List<Operand<TFloat32>> state,
      Operand<TInt32> turn,
      Operand<TInt32> n) {
    return new AlongRow(pass, state, new LaneShift(pass.tf(), margin.added(lanes), turn, n), turn);
  }

  /**
   * What the network is shown for each level, {@code [levels, 1]}: -1 … 1 evenly, so that 0 is left
   * for "no pixel".
   */
  private Operand<TFloat32> inputValues(Ops tf) {
    float[][] values = new float[shape.levels()][1];
    for (int level = 0; level < values.length; level++) {
      values[level][0] = 2f * level / (values.length - 1) - 1;
    }
    return tf.constant(values);
  }

  private static Operand<TFloat32> sum(Ops tf, Stream stream) {
    return stream
        .skips()
        .<Operand<TFloat32>>map(skips -> tf.math.add(stream.features(), skips))
        .orElse(stream.features());
  }

  /** One row, sub-pixel by sub-pixel: {@link #logits} of each, then {@link #see} its level. */
  final class AlongRow {
    private final Ops tf;
    private final Operand<TFloat32> inputValues;
    private final Optional<Operand<TFloat32>> conditionState;
    private final MaskedConvolutionRow inputRow;
    private final List<ResidualLayer.AlongRow> layerRows = new ArrayList<>();
    private final MaskedConvolutionRow headRow;
    private final MaskedConvolutionRow softmaxRow;
    private final Operand<TFloat32> outside;

    private AlongRow(
        Pass pass, List<Operand<TFloat32>> state, LaneShift shift, Operand<TInt32> turn) {
      tf = pass.tf();
      conditionState = condition.map(c -> state.get(state.size() - 1));
      Optional<Operand<TFloat32>> conditionRow =
          condition.map(c -> c.row(tf, conditionState.orElseThrow(), shift.lanes(), turn));
      inputValues = inputValues(tf);
      Iterator<Operand<TFloat32>> next = state.iterator();
      Lanes lanes = shift.lanes();
      inputRow =
          input.row(pass.scope(prefix + "input"), take(next, input.state(lanes).size()), shift);
      for (ResidualLayer layer : layers) {
        layerRows.add(layer.row(pass, take(next, layer.state(lanes).size()), shift, conditionRow));
      }
      headRow = head.row(pass.scope(prefix + "head"), List.of(), shift);
      softmaxRow = softmax.row(pass.scope(prefix + "softmax"), List.of(), shift);
      outside = shift.nothing(1);
    }

    private static List<Operand<TFloat32>> take(Iterator<Operand<TFloat32>> from, int count) {
      return IntStream.range(0, count).mapToObj(i -> from.next()).toList();
    }

    /** The logits of one sub-pixel, {@code [n, levels]}; all earlier ones have been seen. */
    Operand<TFloat32> logits(int column, int channel) {
      headRow.see(tf.nn.relu(sum(tf, features(column, channel))));
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
      for (int beyond = 0; beyond < margin.columns(); beyond++) {
        for (int channel = 0; channel < shape.channels(); channel++) {
          features(shape.width() + beyond, channel);
          inputRow.see(outside);
        }
      }
      List<Operand<TFloat32>> state = new ArrayList<>(inputRow.finish());
      layerRows.forEach(layer -> state.addAll(layer.finish()));
      conditionState.ifPresent(state::add);
      return List.copyOf(state);
    }
  }
}
