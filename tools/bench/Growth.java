import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.pixelrnn.export.SavedModelExport;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.Provenance;
import org.pixelrnn.sampler.RowStream;
import org.pixelrnn.sampler.SampleRequest;
import org.pixelrnn.sampler.Sampler;
import org.pixelrnn.train.ConfigFile;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Shows what sampling and its graph cost as images and networks grow. A line for each architecture
 * and size.
 *
 * <pre>
 *   tools/bench/run Growth [ARCHITECTURE HEIGHT WIDTH CHANNELS LAYERS]...
 * </pre>
 *
 * <ul>
 *   <li>nodes: the nodes of the exported graph, functions included
 *   <li>export: seconds to build the graph and write it
 *   <li>first row, first image: seconds from the opened model to the first row of a stream, and to
 *       the first image of {@code sample}; the graph of each is made then
 *   <li>pass: seconds for the logits of one image
 *   <li>1 image, 16 images: what sampling them takes, in passes over as many images
 *   <li>rows: what one image takes row by row, in passes
 * </ul>
 */
final class Growth {
  private static final List<String> SIZES =
      List.of(
          "28 28 1 3",
          "32 32 3 3",
          "31 31 3 3",
          "64 64 3 3",
          "61 61 3 3",
          "64 64 3 12",
          "28 28 1 48");

  private Growth() {}

  public static void main(String[] lines) throws IOException {
    Locale.setDefault(Locale.ROOT);
    System.out.printf(
        "%-34s %8s %8s %10s %12s %8s %8s %10s %8s%n",
        "network",
        "nodes",
        "export",
        "first row",
        "first image",
        "pass",
        "1 image",
        "16 images",
        "rows");
    if (lines.length > 0) {
      for (int i = 0; i + 4 < lines.length; i += 5) {
        print(lines[i], String.join(" ", List.of(lines).subList(i + 1, i + 5)));
      }
      return;
    }
    for (String architecture : List.of("pixel_cnn", "row_lstm", "diagonal_bilstm")) {
      for (String size : SIZES) {
        print(architecture, size);
      }
    }
  }

  private static void print(String architecture, String size) throws IOException {
    String[] sizes = size.split(" ");
    String config =
        String.format(
            "model { height: %s width: %s channels: %s layers: %s levels: 256 %s {} h: 24"
                + " head_width: 96 residual: true } training { rms_prop {} batch_size: 16 steps: 1 }",
            sizes[0], sizes[1], sizes[2], sizes[3], architecture);
    ModelConfig model = ConfigFile.parse(config, "benchmark").getModel();
    Path folder = Files.createTempDirectory("pixelrnn-bench");
    long begun = System.nanoTime();
    Path version = export(folder, ImageModel.of(model));
    double export = (System.nanoTime() - begun) / 1e9;
    System.out.printf(
        "%-34s %8d %8.2f ", architecture + " " + size.replace(' ', '/'), nodes(version), export);
    System.out.flush();
    try (Sampler sampler = Sampler.open(version)) {
      ImageShape shape = sampler.shape();
      double firstRow = once(() -> firstRow(sampler));
      double firstImage = once(() -> sampler.sample(1, 1, 1));
      double pass = passes(sampler, shape, 1);
      double one = best(() -> sampler.sample(1, 1, 1)) / pass;
      double many = best(() -> sampler.sample(16, 1, 1)) / passes(sampler, shape, 16);
      double rows = best(() -> sampler.sample(1, 1, 1, (row, levels) -> {})) / pass;
      System.out.printf(
          "%10.2f %12.2f %8.4f %8.2f %10.2f %8.2f%n", firstRow, firstImage, pass, one, many, rows);
    }
    delete(folder);
  }

  private static double passes(Sampler sampler, ImageShape shape, int count) {
    Images images = Measure.images(shape, count);
    return best(() -> sampler.logits(images));
  }

  private static void firstRow(Sampler sampler) {
    try (RowStream rows = sampler.rows(SampleRequest.of(1, 1))) {
      rows.next();
    }
  }

  private static double once(Runnable work) {
    long begun = System.nanoTime();
    work.run();
    return (System.nanoTime() - begun) / 1e9;
  }

  /** The shortest of three times. */
  private static double best(Runnable work) {
    return Stream.generate(() -> once(work)).limit(3).min(Double::compare).orElseThrow();
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

  /** Exports a network with its initial weights. Returns the folder of the version. */
  private static Path export(Path folder, ImageModel model) throws IOException {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Session.Runner runner = session.runner();
      for (Weight weight : model.weights()) {
        runner.fetch(weight.initialValue(tf, 1));
      }
      try (Result values = runner.run()) {
        return SavedModelExport.write(
            folder,
            model,
            weight -> (TFloat32) values.get(model.weights().indexOf(weight)),
            Provenance.getDefaultInstance());
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }
}
