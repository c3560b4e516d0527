import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.sampler.Sampler;

/** Measures sampling with an exported model, and compares it with one pass over whole images. */
final class SamplingTable {
  private SamplingTable() {}

  /**
   * Exports a network with random weights and prints one table, a line for each number of images.
   * The columns:
   *
   * <ul>
   *   <li>sampling: seconds to sample all images
   *   <li>first row: seconds until the first row is there
   *   <li>one pass: seconds for the logits of as many whole images
   *   <li>passes: sampling divided by one pass
   *   <li>naive /: how many times longer the naive way takes, one pass for each sub-pixel
   * </ul>
   */
  static void print(ModelConfig config, int... counts) throws IOException {
    ImageShape shape = ImageShape.of(config);
    Path folder = Files.createTempDirectory("pixelrnn-bench");
    UntrainedModel.export(folder, ImageModel.of(config));
    System.out.printf(
        "%-8s %14s %14s %14s %10s %10s%n",
        "images", "sampling [s]", "first row [s]", "one pass [s]", "passes", "naive /");
    try (Sampler sampler = Sampler.open(folder)) {
      for (int count : counts) {
        Images images = Measure.images(shape, count);
        double pass = Measure.seconds(() -> sampler.logits(images));
        double sampling = Measure.seconds(() -> sampler.sample(count, 1, 1));
        double[] firstRow = {Double.MAX_VALUE};
        for (int i = 0; i < Measure.REPEATS; i++) {
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
        System.out.printf(
            "%-8d %14.4f %14.4f %14.4f %10.2f %10.0f%n",
            count,
            sampling,
            firstRow[0],
            pass,
            sampling / pass,
            shape.dimensions() * pass / sampling);
      }
    }
  }
}
