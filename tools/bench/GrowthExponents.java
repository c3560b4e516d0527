import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.train.TrainingGraph;

/**
 * The exponents with which the seconds of a training step grow: 1 if twice as much takes twice as
 * long. Each is measured from a network of 3 layers on 4 images of 32×32×3 to four times as much.
 *
 * @param step seconds of the step from which all three are measured
 * @param pixels the exponent in the pixels of an image
 * @param batch the exponent in the images of a step
 * @param layers the exponent in the layers
 */
record GrowthExponents(double step, double pixels, double batch, double layers) {
  static final String HEADER =
      String.format("%-30s %8s %8s %8s %8s", "exponents", "step", "pixels", "batch", "layers");

  private static final int MORE = 4;

  static GrowthExponents of(String architecture) {
    double step = seconds(architecture, 32, 3, 4);
    return new GrowthExponents(
        step,
        exponent(step, seconds(architecture, 64, 3, 4)),
        exponent(step, seconds(architecture, 32, 3, 4 * MORE)),
        exponent(step, seconds(architecture, 32, 3 * MORE, 4)));
  }

  String line(String architecture) {
    return String.format(
        "%-30s %8.3f %8.2f %8.2f %8.2f", architecture, step, pixels, batch, layers);
  }

  private static double exponent(double step, double ofMore) {
    return Math.log(ofMore / step) / Math.log(MORE);
  }

  private static double seconds(String architecture, int side, int layers, int batch) {
    String length = Integer.toString(side);
    RunConfig config =
        GrowthCase.config(architecture, length, length, "3", Integer.toString(layers), batch);
    Images images = Measure.images(ImageShape.of(config.getModel()), batch);
    try (TrainingGraph graph = new TrainingGraph(config, Stage.WHOLE, 0)) {
      return Measure.seconds(() -> graph.step(images, 0, 1e-4));
    }
  }
}
