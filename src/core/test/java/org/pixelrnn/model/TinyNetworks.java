package org.pixelrnn.model;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.graph.WeightSource;
import org.pixelrnn.proto.v1.DiagonalBiLstm;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.MultiScale;
import org.pixelrnn.proto.v1.PixelCnn;
import org.pixelrnn.proto.v1.RowLstm;
import org.pixelrnn.proto.v1.Upsampling;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * Networks so small that tests can look at every image and every weight. Property tests run over
 * this table. A new architecture is a new row.
 */
public final class TinyNetworks {
  private TinyNetworks() {}

  private static final ModelConfig GREY = grey().setPixelCnn(PixelCnn.getDefaultInstance()).build();
  private static final ModelConfig COLOUR =
      colour().setPixelCnn(PixelCnn.getDefaultInstance()).build();

  private static final ModelConfig WIDE =
      GREY.toBuilder().setHeight(2).setWidth(5).setSkip(true).setResidual(false).build();

  private static final List<Named<ModelConfig>> NETWORKS =
      List.of(
          Named.of("PixelCNN", GREY),
          Named.of("PixelCNN in colour, with skips", COLOUR),
          Named.of("PixelCNN without residuals", GREY.toBuilder().setResidual(false).build()),
          Named.of("PixelCNN, wide, skips only", WIDE),
          Named.of("PixelCNN, in three lanes", GREY.toBuilder().setHeight(4).setWidth(12).build()),
          Named.of(
              "PixelCNN in colour, in lanes that reach beyond the image",
              COLOUR.toBuilder().setHeight(4).setWidth(9).build()),
          Named.of(
              "PixelCNN in colour, in two lanes",
              COLOUR.toBuilder().setHeight(3).setWidth(10).build()),
          Named.of("PixelCNN, kernels of 5", GREY.toBuilder().setPixelCnn(kernel(5)).build()),
          Named.of(
              "PixelCNN, kernels of 5, in two lanes",
              GREY.toBuilder().setHeight(3).setWidth(8).setPixelCnn(kernel(5)).build()),
          Named.of(
              "PixelCNN in colour, kernels of 9, in two lanes",
              COLOUR.toBuilder().setHeight(3).setWidth(12).setPixelCnn(kernel(9)).build()),
          Named.of("Row LSTM", GREY.toBuilder().setRowLstm(row(false)).build()),
          Named.of(
              "Row LSTM in colour, with skips, initial state learned",
              COLOUR.toBuilder().setRowLstm(row(true)).build()),
          Named.of(
              "Row LSTM in three lanes",
              GREY.toBuilder().setHeight(5).setWidth(12).setRowLstm(row(false)).build()),
          Named.of(
              "Row LSTM in colour, in lanes that reach beyond the image, initial state learned",
              COLOUR.toBuilder().setHeight(3).setWidth(10).setRowLstm(row(true)).build()),
          Named.of("Row LSTM, wide, skips only", WIDE.toBuilder().setRowLstm(row(true)).build()),
          Named.of("Diagonal BiLSTM", GREY.toBuilder().setDiagonalBilstm(diagonal(false)).build()),
          Named.of(
              "Diagonal BiLSTM in colour, with skips, initial state learned",
              COLOUR.toBuilder().setDiagonalBilstm(diagonal(true)).build()),
          Named.of(
              "Diagonal BiLSTM, wide, skips only",
              WIDE.toBuilder().setDiagonalBilstm(diagonal(true)).build()),
          Named.of(
              "Diagonal BiLSTM, tall, without residuals",
              GREY.toBuilder()
                  .setHeight(5)
                  .setWidth(2)
                  .setResidual(false)
                  .setDiagonalBilstm(diagonal(false))
                  .build()));

  private static final List<Named<ModelConfig>> SCALES =
      List.of(
          Named.of("PixelCNN at two scales", twoScales(4, 4, 2, GREY)),
          Named.of("PixelCNN at two scales, wide", twoScales(4, 8, 2, GREY)),
          Named.of(
              "Row LSTM in colour at two scales",
              twoScales(2, 4, 2, COLOUR.toBuilder().setRowLstm(row(true)).build())),
          Named.of(
              "Diagonal BiLSTM at scales 1 and 4",
              twoScales(4, 4, 4, GREY.toBuilder().setDiagonalBilstm(diagonal(false)).build())),
          Named.of(
              "Diagonal BiLSTM in colour at two scales, tall",
              twoScales(4, 2, 2, COLOUR.toBuilder().setDiagonalBilstm(diagonal(true)).build())));

  /** All networks. */
  public static List<ModelConfig> all() {
    return NETWORKS.stream().map(Named::getPayload).toList();
  }

  /** All models with their names, for {@code @MethodSource}: networks, then multi-scale models. */
  public static Stream<Named<ModelConfig>> named() {
    return Stream.concat(NETWORKS.stream(), SCALES.stream());
  }

  /** One model of each architecture, for tests that take long. */
  public static Stream<Named<ModelConfig>> oneOfEach() {
    Set<String> names =
        Set.of("PixelCNN", "Row LSTM", "Diagonal BiLSTM", "Row LSTM in colour at two scales");
    return named().filter(model -> names.contains(model.getName()));
  }

  /** All networks with their names, without multi-scale models. */
  public static Stream<Named<ModelConfig>> networkConfigs() {
    return NETWORKS.stream();
  }

  /** The models of one network that have recurrences, with their names. */
  public static Stream<Named<ModelConfig>> recurrentConfigs() {
    return networkConfigs().filter(named -> !named.getPayload().hasPixelCnn());
  }

  /** The multi-scale models with their names. */
  public static Stream<Named<ModelConfig>> scales() {
    return SCALES.stream();
  }

  /** All networks with their names, and the conditioned networks of the multi-scale models. */
  static Stream<Named<Network>> networks() {
    return named()
        .map(
            row ->
                Named.of(
                    row.getName(),
                    ImageModel.of(row.getPayload()) instanceof MultiScaleNetwork scales
                        ? scales.full()
                        : new Network(row.getPayload())));
  }

  /**
   * A multi-scale model. Its small network is a PixelCNN.
   *
   * @param full the full network, with the channels and levels of the model
   */
  public static ModelConfig twoScales(int height, int width, int factor, ModelConfig full) {
    ModelConfig small =
        full.toBuilder().setPixelCnn(PixelCnn.getDefaultInstance()).setLayers(1).build();
    return ModelConfig.newBuilder()
        .setHeight(height)
        .setWidth(width)
        .setChannels(full.getChannels())
        .setLevels(full.getLevels())
        .setMultiScale(
            MultiScale.newBuilder()
                .setFactor(factor)
                .setSmall(withoutShape(small))
                .setFull(withoutShape(full))
                .setUpsampling(Upsampling.newBuilder().setFeatures(5)))
        .build();
  }

  private static ModelConfig withoutShape(ModelConfig network) {
    return network.toBuilder().clearHeight().clearWidth().clearChannels().clearLevels().build();
  }

  /** The sub-pixels of an image in the model's order, in which it factorises the probability. */
  public static int[] order(ModelConfig config) {
    int factor = config.hasMultiScale() ? config.getMultiScale().getFactor() : 1;
    int inRow = config.getWidth() * config.getChannels();
    return IntStream.range(0, config.getHeight() * inRow)
        .boxed()
        .sorted(
            Comparator.comparing(
                i -> i / inRow % factor + i % inRow / config.getChannels() % factor > 0))
        .mapToInt(i -> i)
        .toArray();
  }

  /** The reduction that a network's condition uses, if it is conditioned. */
  public static Optional<Reduction> reduction(Network network) {
    return network.condition.map(SmallImageCondition::reduction);
  }

  /** Random images, {@code [count, height, width, channels]}, as constants of a graph. */
  public static Operand<TUint8> images(Ops tf, ImageShape shape, int count, long seed) {
    return tf.dtypes.cast(
        tf.random.statelessRandomUniformInt(
            tf.constant(new int[] {count, shape.height(), shape.width(), shape.channels()}),
            tf.constant(new long[] {seed, seed + 1}),
            tf.constant(0),
            tf.constant(shape.levels())),
        TUint8.class);
  }

  private static PixelCnn kernel(int size) {
    return PixelCnn.newBuilder().setKernel(size).build();
  }

  private static RowLstm row(boolean learnedInitialState) {
    return RowLstm.newBuilder().setLearnedInitialState(learnedInitialState).build();
  }

  private static DiagonalBiLstm diagonal(boolean learnedInitialState) {
    return DiagonalBiLstm.newBuilder().setLearnedInitialState(learnedInitialState).build();
  }

  /** 3×3 binary pixels. */
  private static ModelConfig.Builder grey() {
    return ModelConfig.newBuilder()
        .setHeight(3)
        .setWidth(3)
        .setChannels(1)
        .setLevels(2)
        .setH(4)
        .setLayers(2)
        .setHeadWidth(8);
  }

  /** 3×3 pixels of three sub-pixels of four levels. */
  private static ModelConfig.Builder colour() {
    return grey().setChannels(3).setLevels(4).setH(6).setHeadWidth(12).setSkip(true);
  }

  /**
   * Random weights as constants of a graph: the initial values plus noise. No weight is zero, so
   * every bias counts.
   */
  public static WeightSource weights(Ops tf, long seed) {
    Map<Weight, Operand<TFloat32>> values = new HashMap<>();
    return weight ->
        values.computeIfAbsent(
            weight,
            w ->
                tf.math.add(
                    w.initialValue(tf, seed),
                    tf.math.mul(
                        tf.random.statelessRandomNormal(
                            tf.constant(w.shape().asArray()),
                            tf.constant(new long[] {seed + 1, w.name().hashCode()}),
                            TFloat32.class),
                        tf.constant(0.3f))));
  }
}
