package org.pixelrnn.export;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.ModelRules;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.ReceptiveField;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.LatinDigits;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.sampler.NotAModelException;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * An export that was read back as a network, for gradients, which no signature gives.
 *
 * @param version the folder of a version, which holds the weights
 * @param network the network that the version's provenance describes
 */
record ExportedNetwork(Path version, Network network) {
  /** Images at a time. Few, as gradients keep the features of all layers in memory. */
  private static final int BATCH = 4;

  /** No graph optimization: the graph runs a few times, and optimizing it would take longer. */
  private static final ConfigProto UNOPTIMIZED =
      ConfigProto.newBuilder()
          .setGraphOptions(
              GraphOptions.newBuilder()
                  .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
          .build();

  /**
   * The network of a version.
   *
   * @param config a configuration of one network that {@link ModelRules} accepts
   */
  public static ExportedNetwork of(Path version, ModelConfig config) {
    return new ExportedNetwork(version, new Network(config));
  }

  /**
   * Measures the receptive field of a pixel at images of random levels.
   *
   * @param row the row of the pixel
   * @param column the column of the pixel
   * @param images the number of images, a multiple of 4. Use several: in one image, a ReLU at 0 may
   *     hide a pixel that another image shows.
   * @return the mean of {@code |∂ logit / ∂ x|} over the images, as {@link ReceptiveField} defines
   *     it, {@code [height, width, channels]}; exactly 0 where the pixel sees nothing
   * @throws NotAModelException if the weights in the folder are not this network's
   */
  public double[][][] receptiveField(int row, int column, int images) {
    return LatinDigits.during(() -> measure(row, column, images));
  }

  private double[][][] measure(int row, int column, int images) {
    ImageShape shape = network.shape();
    double[][][] mean = new double[shape.height()][shape.width()][shape.channels()];
    try (ExportedWeights values = ExportedWeights.read(version, network.weights());
        Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TInt64> seed = tf.placeholder(TInt64.class, Placeholder.shape(Shape.of(2)));
      Map<Weight, Placeholder<TFloat32>> weights = new LinkedHashMap<>();
      for (Weight weight : network.weights()) {
        weights.put(weight, tf.placeholder(TFloat32.class, Placeholder.shape(weight.shape())));
      }
      Operand<TFloat32> field =
          ReceptiveField.of(
              new BuildContext(tf, weights::get), network, random(tf, seed), row, column);
      try (Session session = new Session(graph, UNOPTIMIZED)) {
        for (int batch = 0; batch < images / BATCH; batch++) {
          Session.Runner runner = session.runner();
          weights.forEach((weight, placeholder) -> runner.feed(placeholder, values.of(weight)));
          try (TInt64 s = TInt64.vectorOf(0, batch);
              Result result = runner.feed(seed, s).fetch(field).run()) {
            add(StdArrays.array3dCopyOf((TFloat32) result.get(0)), mean, images);
          }
        }
      }
    }
    return mean;
  }

  private Operand<TUint8> random(Ops tf, Operand<TInt64> seed) {
    ImageShape shape = network.shape();
    return tf.dtypes.cast(
        tf.random.statelessRandomUniformInt(
            tf.constant(new int[] {BATCH, shape.height(), shape.width(), shape.channels()}),
            seed,
            tf.constant(0),
            tf.constant(shape.levels())),
        TUint8.class);
  }

  private static void add(float[][][] sums, double[][][] mean, int images) {
    for (int r = 0; r < mean.length; r++) {
      for (int c = 0; c < mean[r].length; c++) {
        for (int channel = 0; channel < mean[r][c].length; channel++) {
          mean[r][c][channel] += sums[r][c][channel] / images;
        }
      }
    }
  }
}
