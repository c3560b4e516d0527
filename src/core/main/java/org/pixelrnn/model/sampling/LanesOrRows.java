package org.pixelrnn.model.sampling;

import com.google.common.collect.ImmutableList;
import com.google.common.math.LongMath;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.graph.BatchSize;
import org.pixelrnn.model.graph.BuildGuard;
import org.pixelrnn.model.graph.GraphFunction;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.StatelessIf;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * Samples few images in lanes, and many images row by row. The graph chooses when it runs, because
 * it does not know the number of images before.
 *
 * <p>A step in {@link org.pixelrnn.model.layer.Lanes} works on several rows at once. That makes few
 * images faster, because then a step's time is mostly the overhead of its operations. But lanes
 * also compute pixels above, below and right of the image. With many images a step's time is mostly
 * arithmetic, and then these pixels cost more than the lanes save.
 */
final class LanesOrRows implements AutoCloseable {
  /** The beginning of the name of the function for many images. */
  static final String MANY = "sample_many_images";

  /**
   * The multiplications of a pixel, for all images together, from which on arithmetic takes most of
   * the time. Measured: 8 images of a PixelCNN with 812,000 weights, 24 of a Row LSTM with 278,000.
   */
  private static final long MUCH_ARITHMETIC = 6_500_000;

  private final Network network;
  private final int manyImages;
  private final RowSamplingFunction turn;
  private final RowSamplingFunction row;
  private final BatchLoop lanes;
  private final BatchLoop rows;
  private final ConcreteFunction few;
  private final ConcreteFunction many;

  /**
   * Builds the functions.
   *
   * @param manyImages the number of images from which on they are sampled row by row
   * @param turn samples one turn in lanes; it must stay open as long as this
   * @param lanes samples a batch with {@code turn}; it must stay open as long as this
   * @param row samples one row; it must stay open as long as this
   */
  LanesOrRows(
      Network network,
      int manyImages,
      RowSamplingFunction turn,
      BatchLoop lanes,
      RowSamplingFunction row) {
    this.network = network;
    this.manyImages = manyImages;
    this.turn = turn;
    this.lanes = lanes;
    this.row = row;
    try (BuildGuard guard = new BuildGuard()) {
      rows = guard.made(new BatchLoop(network, row));
      few = guard.made(GraphFunction.create("sample_few_images", function -> few(function)));
      many = guard.made(GraphFunction.create(MANY, function -> many(function)));
      guard.allBuilt();
    }
  }

  /** The number of images from which on rows are faster. */
  static int manyImages(Network network) {
    long weights = network.weights().stream().mapToLong(weight -> weight.shape().size()).sum();
    return (int) LongMath.divide(MUCH_ARITHMETIC, weights, RoundingMode.CEILING);
  }

  /**
   * Samples a batch.
   *
   * @param inputs of whole images
   * @param upsampled the maps that the network makes of small images, {@code [n, height, width,
   *     features]}; empty if it is not conditioned
   * @param ofTurn the values of {@code turn}'s weights
   * @param ofRow the values of {@code row}'s weights
   * @return level indices, {@code [n, height, width, channels]}
   */
  Operand<TUint8> sample(
      Ops tf,
      SamplingInputs inputs,
      Optional<Operand<TFloat32>> upsampled,
      List<Operand<TFloat32>> ofTurn,
      List<Operand<TFloat32>> ofRow) {
    ImmutableList.Builder<Operand<?>> arguments = ImmutableList.builder();
    arguments.addAll(inputs.inOrder());
    upsampled.ifPresent(arguments::add);
    arguments.addAll(ofTurn).addAll(ofRow);
    Ops onCpu = RowSamplingFunction.onCpu(tf);
    Operand<TInt32> count = BatchSize.of(onCpu, inputs.images());
    Operand<TUint8> images =
        StatelessIf.create(
                onCpu.scope(),
                onCpu.math.greaterEqual(count, onCpu.constant(manyImages)),
                arguments.build(),
                List.of(TUint8.class),
                many,
                few)
            .output()
            .get(0)
            .expect(TUint8.class);
    return tf.ensureShape(images, shape(network.shape().channels()));
  }

  /** The arguments of both functions. */
  private record Batch(
      SamplingInputs inputs,
      Optional<Operand<TFloat32>> upsampled,
      List<Operand<TFloat32>> ofTurn,
      List<Operand<TFloat32>> ofRow) {}

  private Batch arguments(GraphFunction function) {
    ImageShape shape = network.shape();
    long any = Shape.UNKNOWN_SIZE;
    int features = network.conditionFeatures();
    return new Batch(
        SamplingInputs.arguments(
            function, shape(shape.channels()), Shape.of(any, shape.height(), shape.width())),
        features == 0
            ? Optional.empty()
            : Optional.of(function.argument(TFloat32.class, shape(features).asArray())),
        turn.weightArguments(function),
        row.weightArguments(function));
  }

  private List<? extends Operand<?>> few(GraphFunction function) {
    Batch batch = arguments(function);
    return List.of(lanes.sample(function.tf(), batch.inputs, batch.upsampled, batch.ofTurn));
  }

  private List<? extends Operand<?>> many(GraphFunction function) {
    Batch batch = arguments(function);
    return List.of(rows.sample(function.tf(), batch.inputs, batch.upsampled, batch.ofRow));
  }

  private Shape shape(int features) {
    ImageShape shape = network.shape();
    return Shape.of(Shape.UNKNOWN_SIZE, shape.height(), shape.width(), features);
  }

  @Override
  public void close() {
    many.close();
    few.close();
    rows.close();
  }
}
