import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.Network;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.train.ConfigFile;
import org.pixelrnn.train.TrainingGraph;

/**
 * Measures two PixelCNNs with 2 threads: 28×28, h = 16, 7 blocks; and 32×32 in colour, h = 48, 5
 * blocks. A training step is compared with the forward pass and with the machine's fastest matrix
 * product. Sampling is compared with one pass over whole images and with the naive way.
 */
final class PixelCnnTable {
  private final RunConfig config;
  private final ImageShape shape;

  private PixelCnnTable(String model, int batch) {
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
    double peak = Measure.matrixProductPeak();
    System.out.printf("%-44s %10.1f GFLOP/s%n", "matrix product 1024³", peak / 1e9);
    new PixelCnnTable("h: 16 layers: 7 head_width: 32", 100).run(peak, 1, 16, 100);
    new PixelCnnTable(
            "height: 32 width: 32 channels: 3 levels: 256 h: 48 layers: 5 head_width: 96", 16)
        .run(peak, 1, 16);
  }

  private void run(double peak, int... counts) throws Exception {
    System.out.printf(
        "%n# PixelCNN, %s, h = %d, %d blocks: best of %d%n",
        shape, config.getModel().getH(), config.getModel().getLayers(), Measure.REPEATS);
    training(peak);
    SamplingTable.print(config.getModel(), counts);
  }

  private void training(double peak) {
    int images = config.getTraining().getBatchSize();
    Images batch = Measure.images(shape, images);
    try (TrainingGraph graph = new TrainingGraph(config, Stage.WHOLE, 2)) {
      double step = Measure.seconds(() -> graph.step(batch, 0, 1e-4));
      double forward = Measure.seconds(() -> graph.logProb(batch));
      double forwardFlops = 2.0 * multiplications() * shape.pixels() * batch.count();
      System.out.printf(
          "%-44s %10.0f images/s%n", "forward pass, batch " + images, images / forward);
      System.out.printf("%-44s %10.0f images/s%n", "training step, batch " + images, images / step);
      System.out.printf("%-44s %10.2f%n", "training step / forward pass", step / forward);
      System.out.printf("%-44s %10.2f%n", "training step / peak", 3 * forwardFlops / step / peak);
    }
  }

  /**
   * Counts the multiplications for one pixel: one for each entry of a kernel. No row of a kernel is
   * wholly masked.
   */
  private long multiplications() {
    return new Network(config.getModel())
        .weights().stream()
            .filter(weight -> weight.shape().numDimensions() == 4)
            .mapToLong(weight -> weight.shape().size())
            .sum();
  }
}
