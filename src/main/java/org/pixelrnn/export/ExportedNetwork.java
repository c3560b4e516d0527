package org.pixelrnn.export;

import java.nio.file.Path;
import java.util.Map;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.Pass;
import org.pixelrnn.model.ReceptiveField;
import org.pixelrnn.model.StoredWeights;
import org.pixelrnn.model.Weight;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
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
 * An export read back as the network it was made of, for what no signature answers: gradients.
 *
 * @param version the folder of a version, with the network's weights
 * @param network what the export's provenance describes
 */
public record ExportedNetwork(Path version, Network network) {
  /** Few images at once: gradients need the features of all layers. */
  private static final int BATCH = 4;

  /** A graph that is run a few times: making it faster first would take longer. */
  private static final ConfigProto UNOPTIMIZED =
      ConfigProto.newBuilder()
          .setGraphOptions(
              GraphOptions.newBuilder()
                  .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
          .build();

  /** The network of a configuration that has been checked, with the weights of a version. */
  public static ExportedNetwork of(Path version, ModelConfig config) {
    return new ExportedNetwork(version, new Network(config));
  }

  /**
   * Measures what a pixel sees, at images of random levels.
   *
   * @param row of the pixel
   * @param column of the pixel
   * @param images how many, a multiple of 4: what one of them hides, a ReLU at 0, another one shows
   * @return {@code |∂ logit / ∂ x|} as {@link ReceptiveField} defines it, the mean over the images,
   *     {@code [height, width, channels]}: exactly 0 where nothing is seen
   * @throws InputException if the weights in the folder are not this network's
   */
  public double[][][] receptiveField(int row, int column, int images) {
    ImageShape shape = network.shape();
    double[][][] mean = new double[shape.height()][shape.width()][shape.channels()];
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TInt64> seed = tf.placeholder(TInt64.class, Placeholder.shape(Shape.of(2)));
      Map<Weight, Operand<TFloat32>> weights = weights(tf);
      Operand<TFloat32> field =
          ReceptiveField.of(new Pass(tf, weights::get), network, random(tf, seed), row, column);
      try (Session session = new Session(graph, UNOPTIMIZED)) {
        check(session, weights);
        for (int batch = 0; batch < images / BATCH; batch++) {
          try (TInt64 s = TInt64.vectorOf(0, batch);
              Result result = session.runner().feed(seed, s).fetch(field).run()) {
            add(StdArrays.array3dCopyOf((TFloat32) result.get(0)), mean, images);
          }
        }
      }
    }
    return mean;
  }

  /** The values of the weights, which are read from the folder whenever they are used. */
  private Map<Weight, Operand<TFloat32>> weights(Ops tf) {
    return StoredWeights.read(
        tf, tf.constant(StoredWeights.of(version).toString()), network.weights(), Weight::name);
  }

  private void check(Session session, Map<Weight, Operand<TFloat32>> weights) {
    Session.Runner runner = session.runner();
    weights.values().forEach(runner::addTarget);
    try {
      runner.run().close();
    } catch (TensorFlowException e) {
      throw new InputException(
          version
              + ": its weights are not those of the network that its provenance describes ("
              + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
              + "); export it again",
          e);
    }
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
