import java.util.Arrays;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.proto.v1.TrainingConfig.CompileRecurrences;
import org.pixelrnn.proto.v1.TrainingConfig.Precision;
import org.pixelrnn.train.ConfigFile;
import org.pixelrnn.train.TrainingGraph;

/**
 * The speed of training steps.
 *
 * @param firstStep seconds from an empty graph to the end of the first step
 * @param step seconds of a step, the median
 * @param steps the number of steps that were measured
 */
record TrainingSpeed(double firstStep, double step, int steps) {
  private static final int WARM_UP = 2;
  private static final int LEAST = 3;

  /** A network, and how it is trained. */
  record Case(
      String architecture,
      int layers,
      int h,
      int head,
      int batch,
      Precision precision,
      CompileRecurrences compile) {

    /** The configuration of the presets for CIFAR-10, at this size. */
    RunConfig config() {
      return ConfigFile.parse(
          String.format(
              "model { height: 32 width: 32 channels: 3 levels: 256 %s {} h: %d layers: %d"
                  + " head_width: %d } training { rms_prop {} gradient_clip_norm: 0 batch_size: %d"
                  + " steps: 1 sample_images: 0 precision: %s compile_recurrences: %s }",
              architecture.replace('-', '_').replace("pixelcnn", "pixel_cnn"),
              h,
              layers,
              head,
              batch,
              precision,
              compile),
          "benchmark");
    }
  }

  /**
   * Takes steps as training does: each step gets its batch from the memory of this process.
   *
   * @param seconds how long to measure, after the first steps
   */
  static TrainingSpeed of(Case what, double seconds) {
    RunConfig config = what.config();
    Images batch = Measure.images(ImageShape.of(config.getModel()), what.batch());
    long begun = System.nanoTime();
    try (TrainingGraph graph = new TrainingGraph(config, Stage.WHOLE, 0)) {
      graph.step(batch, 0, 1e-4);
      double firstStep = secondsSince(begun);
      for (int i = 0; i < WARM_UP; i++) {
        graph.step(batch, 1, 1e-4);
      }
      double[] times = new double[1 << 16];
      int steps = 0;
      begun = System.nanoTime();
      while (steps < times.length && (steps < LEAST || secondsSince(begun) < seconds)) {
        long before = System.nanoTime();
        graph.step(batch, 2 + steps, 1e-4);
        times[steps++] = secondsSince(before);
      }
      Arrays.sort(times, 0, steps);
      return new TrainingSpeed(firstStep, times[steps / 2], steps);
    }
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }
}
