import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.pixelrnn.export.SavedModelExport;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.Weight;
import org.pixelrnn.proto.v1.Provenance;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.sampler.Sampler;
import org.pixelrnn.train.ConfigFile;
import org.pixelrnn.train.TrainingGraph;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * PixelCNN at 28×28, h = 16, 7 blocks, and in colour at 32×32, h = 48, 5 blocks, with 2 threads:
 * training beside the forward pass and the machine's matrix-product peak, and drawing beside the
 * whole-image pass and the naive way.
 */
final class PixelCnn {
  private static final int REPEATS = 5;

  private final RunConfig config;
  private final ImageShape shape;

  private PixelCnn(String model, int batch) {
    config =
        ConfigFile.parse(
            "model { pixel_cnn {} "
                + model
                + " } training { adam {} batch_size: "
                + batch
                + " steps: 1 }",
            "benchmark");
    shape = ImageShape.of(config.getModel());
  }

  public static void main(String[] args) throws Exception {
    double peak = matrixProductPeak();
    System.out.printf("%-44s %10.1f GFLOP/s%n", "matrix product 1024³", peak / 1e9);
    new PixelCnn("h: 16 layers: 7 head_width: 32", 100).run(peak, 1, 16, 100);
    new PixelCnn(
            "height: 32 width: 32 channels: 3 levels: 256 h: 48 layers: 5 head_width: 96", 16)
        .run(peak, 1, 16);
  }

  private void run(double peak, int... counts) throws Exception {
    System.out.printf(
        "%n# PixelCNN, %s, h = %d, %d blocks: best of %d%n",
        shape, config.getModel().getH(), config.getModel().getLayers(), REPEATS);
    training(peak);
    drawing(counts);
  }

  private void training(double peak) {
    int images = config.getTraining().getBatchSize();
    Images batch = random(images);
    try (TrainingGraph graph = new TrainingGraph(config, 2)) {
      double step = seconds(() -> graph.step(batch, 0, 1e-4));
      double forward = seconds(() -> graph.logProb(batch));
      double forwardFlops = 2.0 * multiplications() * shape.pixels() * batch.count();
      System.out.printf("%-44s %10.0f images/s%n", "forward pass, batch " + images, images / forward);
      System.out.printf("%-44s %10.0f images/s%n", "training step, batch " + images, images / step);
      System.out.printf("%-44s %10.2f%n", "training step / forward pass", step / forward);
      System.out.printf(
          "%-44s %10.2f%n", "training step / peak", 3 * forwardFlops / step / peak);
    }
  }

  /** Of one pixel: the kernels' entries, no row of which is wholly masked. */
  private long multiplications() {
    return new Network(config.getModel())
        .weights().stream()
            .filter(weight -> weight.shape().numDimensions() == 4)
            .mapToLong(weight -> weight.shape().size())
            .sum();
  }

  private void drawing(int... counts) throws Exception {
    Path folder = Files.createTempDirectory("pixelrnn-bench");
    Network network = new Network(config.getModel());
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Session.Runner runner = session.runner();
      for (Weight weight : network.weights()) {
        runner.fetch(weight.initialValue(tf, 1));
      }
      try (var values = runner.run()) {
        SavedModelExport.write(
            folder,
            network,
            weight -> (TFloat32) values.get(network.weights().indexOf(weight)),
            Provenance.getDefaultInstance());
      }
    }
    System.out.printf(
        "%-8s %14s %14s %14s %10s %10s%n",
        "images", "drawing [s]", "first row [s]", "one pass [s]", "passes", "naive /");
    try (Sampler sampler = Sampler.open(folder)) {
      for (int count : counts) {
        Images images = random(count);
        double pass = seconds(() -> sampler.logits(images));
        double drawing = seconds(() -> sampler.sample(count, 1, 1));
        double[] firstRow = {Double.MAX_VALUE};
        for (int i = 0; i < REPEATS; i++) {
          long begun = System.nanoTime();
          sampler.sample(
              count,
              1,
              1,
              (row, levels) -> {
                if (row == 0) {
                  firstRow[0] = Math.min(firstRow[0], (System.nanoTime() - begun) / 1e9);
                }
              });
        }
        // The naive way runs the network over the whole image for each sub-pixel.
        System.out.printf(
            "%-8d %14.4f %14.4f %14.4f %10.2f %10.0f%n",
            count, drawing, firstRow[0], pass, drawing / pass, shape.dimensions() * pass / drawing);
      }
    }
  }

  /** FLOP/s of the largest products that a network of this kind could hope for. */
  private static double matrixProductPeak() {
    int n = 1024;
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      var a = tf.random.statelessRandomUniform(tf.constant(new int[] {n, n}), tf.constant(new int[] {1, 2}));
      var kept = tf.withName("kept").variable(a);
      session.initialize();
      var product = tf.math.mean(tf.linalg.matMul(kept, kept), tf.constant(new int[] {0, 1}));
      return 2.0 * n * n * n / seconds(() -> session.runner().fetch(product).run().close());
    }
  }

  private Images random(int count) {
    byte[] levels = new byte[count * shape.dimensions()];
    Random random = new Random(1);
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) random.nextInt(shape.levels());
    }
    return Images.of(shape, levels);
  }

  private static double seconds(Runnable work) {
    work.run();
    work.run();
    double best = Double.MAX_VALUE;
    for (int i = 0; i < REPEATS; i++) {
      long begun = System.nanoTime();
      work.run();
      best = Math.min(best, (System.nanoTime() - begun) / 1e9);
    }
    return best;
  }
}
