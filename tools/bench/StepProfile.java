import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.train.ConfigFile;
import org.pixelrnn.train.TrainingGraph;

/**
 * Profiles a PixelCNN for colour images of 32×32 pixels with two threads: a training step of 16
 * images in both number formats, and the sampling of 16 images (see {@link SamplingProfile}). Each
 * table ends with the share of operations that compute nothing.
 *
 * <pre>
 *   tools/bench/run StepProfile [training|sampling]
 * </pre>
 */
final class StepProfile {
  private static final int IMAGES = 16;
  private static final int LINES = 16;

  private StepProfile() {}

  public static void main(String[] only) throws IOException {
    Locale.setDefault(Locale.ROOT);
    if (only.length == 0 || Arrays.asList(only).contains("training")) {
      training("FLOAT32");
      training("BFLOAT16");
    }
    if (only.length == 0 || Arrays.asList(only).contains("sampling")) {
      SamplingProfile.print(config("FLOAT32").getModel(), IMAGES, LINES);
    }
  }

  private static void training(String precision) {
    RunConfig config = config(precision);
    Images batch = Measure.images(ImageShape.of(config.getModel()), IMAGES);
    try (TrainingGraph graph = new TrainingGraph(config, Stage.WHOLE, 2)) {
      double step = Measure.seconds(() -> graph.step(batch, 0, 1e-4));
      System.out.printf(
          "%n# training step, %s: %.0f ms, %.1f images/s%n", precision, 1000 * step, IMAGES / step);
      OperationTable.print(
          Stream.generate(() -> graph.profile(batch)).limit(Measure.REPEATS).toList(), LINES);
    }
  }

  private static RunConfig config(String precision) {
    return ConfigFile.parse(
        "model { height: 32 width: 32 channels: 3 levels: 256 pixel_cnn {} h: 60 layers: 10"
            + " head_width: 192 } training { rms_prop {} batch_size: 16 steps: 1 sample_images: 0"
            + " gradient_clip_norm: 0 precision: "
            + precision
            + " }",
        "benchmark");
  }
}
