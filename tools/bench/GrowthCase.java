import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.sampler.LikelihoodBatch;
import org.pixelrnn.sampler.RowStream;
import org.pixelrnn.sampler.SampleRequest;
import org.pixelrnn.sampler.Sampler;
import org.pixelrnn.train.ConfigFile;
import org.pixelrnn.train.TrainingGraph;

/**
 * Measures one network of h = 24 and 256 levels, and prints a line of {@link Growth}:
 *
 * <ul>
 *   <li>step MB: the most memory of this process while it takes training steps of 4 images
 *   <li>valid MB: the same after it has validated too
 *   <li>1st step: seconds from an empty graph to the end of the first step
 *   <li>step: seconds of a later step
 *   <li>nodes: the nodes of the exported graph, functions included
 *   <li>1st row, 1st image: seconds from the opened model to the first row of a stream, and to the
 *       first image of {@code sample}; the graph of each is made then
 *   <li>pass: seconds for the logits of one image
 *   <li>1 image, 16 images: what sampling them takes, in passes over as many images
 *   <li>compile: seconds of the first rows and images after {@code compileFor(1, 16)}
 *   <li>c 1, c 16: the passes of 1 and 16 images then
 * </ul>
 */
final class GrowthCase {
  static final String HEADER =
      String.format(
          "%-30s %8s %8s %8s %8s %8s %8s %9s %8s %8s %9s %8s %8s %8s",
          "network",
          "step MB",
          "valid MB",
          "1st step",
          "step",
          "nodes",
          "1st row",
          "1st image",
          "pass",
          "1 image",
          "16 images",
          "compile",
          "c 1",
          "c 16");

  /** Work that takes longer is not repeated, so that the whole benchmark takes minutes. */
  private static final double LONG = 5;

  private final ModelConfig model;
  private final RunConfig config;

  private GrowthCase(RunConfig config) {
    this.config = config;
    this.model = config.getModel();
  }

  /**
   * Measures a network and prints its line.
   *
   * @param network ARCHITECTURE, HEIGHT, WIDTH, CHANNELS, LAYERS
   */
  static void print(List<String> network) throws IOException {
    System.out.printf(
        "%-30s ", network.get(0) + " " + String.join("/", network.subList(1, network.size())));
    System.out.flush();
    GrowthCase measured =
        new GrowthCase(
            config(
                network.get(0), network.get(1), network.get(2), network.get(3), network.get(4), 4));
    measured.train();
    measured.sample();
  }

  /** The configuration of a network of this benchmark. */
  static RunConfig config(
      String architecture, String height, String width, String channels, String layers, int batch) {
    return ConfigFile.parse(
        String.format(
            "model { height: %s width: %s channels: %s layers: %s levels: 256 %s {} h: 24"
                + " head_width: 96 residual: true } training { rms_prop {} batch_size: %d steps: 1"
                + " sample_images: 0 }",
            height, width, channels, layers, architecture, batch),
        "benchmark");
  }

  private void train() throws IOException {
    ImageShape shape = ImageShape.of(model);
    Images batch = Measure.images(shape, config.getTraining().getBatchSize());
    long begun = System.nanoTime();
    try (TrainingGraph graph = new TrainingGraph(config, Stage.WHOLE, 0)) {
      graph.step(batch, 0, 1e-4);
      double firstStep = (System.nanoTime() - begun) / 1e9;
      double step = best(() -> graph.step(batch, 1, 1e-4));
      long ofSteps = peakMegabytes();
      Images validation = Measure.images(shape, LikelihoodBatch.size(shape));
      best(() -> graph.logProb(validation));
      System.out.printf("%8d %8d %8.2f %8.3f ", ofSteps, peakMegabytes(), firstStep, step);
      System.out.flush();
    }
  }

  private void sample() throws IOException {
    Path folder = Files.createTempDirectory("pixelrnn-bench");
    Path version = UntrainedModel.export(folder, ImageModel.of(model));
    System.out.printf("%8d ", nodes(version));
    System.out.flush();
    double pass;
    double passOfMany;
    try (Sampler sampler = Sampler.open(version)) {
      double firstRow = Measure.once(() -> firstRow(sampler, 1));
      double firstImage = Measure.once(() -> sampler.sample(1, 1, 1));
      pass = pass(sampler, 1);
      passOfMany = pass(sampler, 16);
      double one = best(() -> sampler.sample(1, 1, 1)) / pass;
      double many = best(() -> sampler.sample(16, 1, 1)) / passOfMany;
      System.out.printf("%8.2f %9.2f %8.4f %8.2f %9.2f ", firstRow, firstImage, pass, one, many);
      System.out.flush();
    }
    try (Sampler sampler = Sampler.builder(version).compileFor(1, 16).open()) {
      double compile =
          Measure.once(
              () -> {
                for (int count : new int[] {1, 16}) {
                  firstRow(sampler, count);
                  sampler.sample(count, 1, 1);
                }
              });
      double one = best(() -> sampler.sample(1, 1, 1)) / pass;
      double many = best(() -> sampler.sample(16, 1, 1)) / passOfMany;
      System.out.printf("%8.2f %8.2f %8.2f%n", compile, one, many);
    }
    delete(folder);
  }

  private static double pass(Sampler sampler, int count) {
    Images images = Measure.images(sampler.shape(), count);
    return best(() -> sampler.logits(images));
  }

  private static void firstRow(Sampler sampler, int count) {
    try (RowStream rows = sampler.rows(SampleRequest.of(count, 1))) {
      rows.next();
    }
  }

  /** The shortest of some times. */
  private static double best(Runnable work) {
    double best = Measure.once(work);
    for (int i = 1; i < Measure.REPEATS && best < LONG; i++) {
      best = Math.min(best, Measure.once(work));
    }
    return best;
  }

  /** The most memory that this process has had, in megabytes; Linux only. */
  private static long peakMegabytes() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1_000_000)
          .findFirst()
          .orElseThrow();
    }
  }

  private static long nodes(Path version) throws IOException {
    var graph =
        org.tensorflow.proto.SavedModel.parseFrom(
                Files.readAllBytes(version.resolve("saved_model.pb")))
            .getMetaGraphs(0)
            .getGraphDef();
    return graph.getNodeCount()
        + graph.getLibrary().getFunctionList().stream().mapToLong(f -> f.getNodeDefCount()).sum();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }
}
