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
 */
public final class Network {
  private static final int INPUT_SIZE = 7;

  private final ImageShape shape;
  private final MaskedConvolution input;
  private final List<ResidualLayer> layers;
  private final MaskedConvolution head;
  private final MaskedConvolution softmax;

  /**
   * @param config a configuration that has been checked
   */
  public Network(ModelConfig config) {
    shape = ImageShape.of(config);
    int channels = config.getChannels();
    int features = 2 * config.getH();
    input =
        MaskedConvolution.square(
            "input", Mask.A, INPUT_SIZE, new Features(channels, features, channels), 1);
    layers =
        IntStream.rangeClosed(1, config.getLayers())
            .mapToObj(l -> "layer" + l)
            .map(name -> new ResidualLayer(name, body(name, config), config))
            .toList();
    head =
        MaskedConvolution.pointwise(
            "head", new Features(features, config.getHeadWidth(), channels), 2);
    softmax =
        MaskedConvolution.pointwise(
            "softmax",
            new Features(config.getHeadWidth(), channels * config.getLevels(), channels),
            1);
  }

  /** The registry of layer kinds. */
  private static LayerBody body(String name, ModelConfig config) {
    return switch (config.getArchitectureCase()) {
      case PIXEL_CNN -> new PixelCnnBody(name, config.getH(), config.getChannels());
      case ROW_LSTM -> new RowLstmBody(name, config);
      case DIAGONAL_BILSTM -> new DiagonalBiLstmBody(name, config);
      default ->
          throw new IllegalArgumentException("no architecture " + config.getArchitectureCase());
    };
  }

  /** The images that this network models. */
  public ImageShape shape() {
    return shape;
  }

  /** All trainable tensors, in the order of the network. */
  public List<Weight> weights() {
    ImmutableList.Builder<Weight> all = ImmutableList.builder();
    all.addAll(input.weights());
    layers.forEach(layer -> all.addAll(layer.weights()));
    return all.addAll(head.weights()).addAll(softmax.weights()).build();
  }

  /** What is carried from row to row when images are drawn a row at a time. */
  public List<State> state() {
    return state(Lanes.one(shape.width()));
  }

  /** What is carried from turn to turn when rows are drawn beside one another. */
  List<State> state(Lanes lanes) {
    ImmutableList.Builder<State> all = ImmutableList.builder();
    all.addAll(input.state(lanes));
    layers.forEach(layer -> all.addAll(layer.state(lanes)));
    return all.build();
  }

  /** The most rows that can be drawn beside one another. */
  Lanes lanes() {
    // The first layer sees three columns further than the pixel above, all others fewer.
    return layers.stream().allMatch(ResidualLayer::seesOnlyNearby)
        ? Lanes.of(shape.width(), INPUT_SIZE / 2 + 1)
        : Lanes.one(shape.width());
  }

  /**
   * The logits of every sub-pixel given all earlier ones, {@code log p(x_i = k | x_<i)} up to a
   * constant.
   *
   * @param images level indices, {@code [n, height, width, channels]}
   * @return {@code [n, height, width, channels, levels]}
   */
  public Operand<TFloat32> logits(Pass pass, Operand<TUint8> images) {
    return logitsOfValues(pass, values(pass.tf(), images));
  }

  /** What the network is shown of images, {@code [n, height, width, channels]}. */
  Operand<TFloat32> values(Ops tf, Operand<TUint8> images) {
    return tf.gather(
        tf.reshape(inputValues(tf), tf.constant(new int[] {-1})),
        tf.dtypes.cast(images, TInt32.class),
        tf.constant(0));
  }

  /** {@link #logits} of {@link #values}. */
  Operand<TFloat32> logitsOfValues(Pass pass, Operand<TFloat32> values) {
    Ops tf = pass.tf();
    MapLayout layout = layers.get(0).layout();
    Operand<TFloat32> features = layout.pack(pass, input.apply(pass.scope("input"), values));
    Stream stream = new Stream(features, Optional.empty());
    for (ResidualLayer layer : layers) {
      stream = layer.apply(pass, stream);
    }
    Operand<TFloat32> map = layout.unpack(pass, sum(tf, stream));
    Operand<TFloat32> hidden = tf.nn.relu(head.apply(pass.scope("head"), tf.nn.relu(map)));
    return tf.reshape(
        softmax.apply(pass.scope("softmax"), hidden),
        tf.constant(
            new int[] {-1, shape.height(), shape.width(), shape.channels(), shape.levels()}));
  }

  /**
   * The network on its way along one row, or along each lane's part of one.
   *
   * @param state what earlier turns have left, as {@link #state(Lanes)}
   */
  AlongRow row(Pass pass, List<Operand<TFloat32>> state, LaneShift shift) {
    return new AlongRow(pass, state, shift);
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
    private final MaskedConvolutionRow inputRow;
    private final List<ResidualLayer.AlongRow> layerRows = new ArrayList<>();
    private final MaskedConvolutionRow headRow;
    private final MaskedConvolutionRow softmaxRow;

    private AlongRow(Pass pass, List<Operand<TFloat32>> state, LaneShift shift) {
      tf = pass.tf();
      inputValues = inputValues(tf);
      Iterator<Operand<TFloat32>> next = state.iterator();
      Lanes lanes = shift.lanes();
      inputRow = input.row(pass.scope("input"), take(next, input.state(lanes).size()), shift);
      for (ResidualLayer layer : layers) {
        layerRows.add(layer.row(pass, take(next, layer.state(lanes).size()), shift));
      }
      headRow = head.row(pass.scope("head"), List.of(), shift);
      softmaxRow = softmax.row(pass.scope("softmax"), List.of(), shift);
    }

    private static List<Operand<TFloat32>> take(Iterator<Operand<TFloat32>> from, int count) {
      return IntStream.range(0, count).mapToObj(i -> from.next()).toList();
    }

    /** The logits of one sub-pixel, {@code [n, levels]}; all earlier ones have been seen. */
    Operand<TFloat32> logits(int column, int channel) {
      Stream stream = new Stream(inputRow.output(column, channel), Optional.empty());
      for (ResidualLayer.AlongRow layer : layerRows) {
        stream = layer.pixel(column, channel, stream);
      }
      headRow.see(tf.nn.relu(sum(tf, stream)));
      softmaxRow.see(tf.nn.relu(headRow.output(column, channel)));
      return softmaxRow.output(column, channel);
    }

    /** Takes in the level of the sub-pixel whose logits were last asked for, {@code [n]}. */
    void see(Operand<TInt32> levels) {
      inputRow.see(tf.gather(inputValues, levels, tf.constant(0)));
    }

    /** After the last sub-pixel: the state for the row below. */
    List<Operand<TFloat32>> finish() {
      List<Operand<TFloat32>> state = new ArrayList<>(inputRow.finish());
      layerRows.forEach(layer -> state.addAll(layer.finish()));
      return List.copyOf(state);
    }
  }
}
