import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.train.ConfigFile;
import org.pixelrnn.train.Training;
import org.pixelrnn.train.TrainingEvent;
import org.pixelrnn.train.TrainingListener;
import org.pixelrnn.train.workers.WorkerGroup;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/**
 * Training by one worker with one thread beside two workers with one thread each, and the time of
 * the sum over both workers by the number of weights:
 *
 * <pre>
 * tools/bench/run Workers
 * </pre>
 *
 * <p>The workers are processes on this machine, so the sum goes through the loopback interface.
 */
final class Workers {
  private static final int BATCH = 32;
  private static final int STEPS = 40;
  private static final int WARM_UP = 5;
  private static final int[] WEIGHTS = {100_000, 1_000_000, 10_000_000};
  private static final String TRAINING =
      " height: 28 width: 28 } training { rms_prop {} batch_size: "
          + BATCH
          + " steps: "
          + STEPS
          + " sample_images: 0 validation_images: 2 checkpoint_every_steps: 1000 }";
  private static final List<String> NETWORKS =
      List.of(
          "model { pixel_cnn {} layers: 8 h: 64 head_width: 64" + TRAINING,
          "model { diagonal_bilstm {} layers: 7 h: 16 head_width: 32" + TRAINING);

  private Workers() {}

  /** Starts the workers, or is one of them. */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 0) {
      work(arguments[0]);
      // TensorFlow's server cannot be closed.
      Runtime.getRuntime().halt(0);
    }
    System.out.println("| network | 1 worker [images/s] | 2 workers [images/s] | share of twice |");
    System.out.println("|---|---|---|---|");
    for (String network : NETWORKS) {
      double one = Double.parseDouble(start(1, network));
      double two = Double.parseDouble(start(2, network));
      System.out.printf(
          Locale.ROOT,
          "| %s | %.1f | %.1f | %.2f |%n",
          network.replaceAll(
              "model \\{ (\\w+) \\{\\} layers: (\\d+) h: (\\d+).*", "$1, $2 layers, h = $3"),
          one,
          two,
          two / one / 2);
    }
    System.out.println();
    System.out.println("| weights | bytes each worker sends a step | sum over 2 workers [ms] |");
    System.out.println("|---|---|---|");
    for (int weights : WEIGHTS) {
      System.out.printf(
          Locale.ROOT, "| %d | %d | %s |%n", weights, 4L * weights, start(2, "" + weights));
    }
  }

  /** Runs workers. Returns the last line of worker 0. */
  private static String start(int count, String what) throws IOException, InterruptedException {
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      try (ServerSocket free = new ServerSocket(0)) {
        addresses.add("\"127.0.0.1:" + free.getLocalPort() + "\"");
      }
    }
    List<Process> workers = new ArrayList<>();
    Path output = Files.createTempFile("worker", ".out");
    for (int i = 0; i < count; i++) {
      ProcessBuilder builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin/java").toString(),
              "-XX:+UseSerialGC",
              "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
              "-cp",
              System.getProperty("java.class.path"),
              Workers.class.getName(),
              what);
      builder
          .environment()
          .put(
              "TF_CONFIG",
              "{\"cluster\": {\"worker\": "
                  + addresses
                  + "}, \"task\": {\"type\": \"worker\", \"index\": "
                  + i
                  + "}}");
      builder.redirectError(ProcessBuilder.Redirect.DISCARD);
      builder.redirectOutput(
          i == 0 ? ProcessBuilder.Redirect.to(output.toFile()) : ProcessBuilder.Redirect.DISCARD);
      workers.add(builder.start());
    }
    for (Process worker : workers) {
      if (worker.waitFor() != 0) {
        throw new IOException("a worker has failed with status " + worker.exitValue());
      }
    }
    List<String> lines = Files.readAllLines(output);
    Files.delete(output);
    return lines.get(lines.size() - 1);
  }

  private static void work(String what) throws IOException {
    WorkerGroup workers = Training.join(Duration.ofMinutes(1), 1);
    System.out.println(
        what.startsWith("model") ? imagesPerSecond(what) : milliseconds(workers, what));
    System.out.flush();
    workers.end();
  }

  /** The median of the steps after the first ones. */
  private static double imagesPerSecond(String network) throws IOException {
    RunConfig config = ConfigFile.parse(network, "benchmark");
    // Grey values, which training makes black and white.
    Images images = Measure.images(new ImageShape(28, 28, 1, 256), 64);
    double[] times = new double[STEPS];
    Path folder = Files.createTempDirectory("workers");
    try (Training training =
        Training.builder(config)
            .data(ImageDataset.of("random", images, images.slice(0, 2), images.slice(0, 2)))
            .runDirectory(folder.resolve("run"))
            .threads(1)
            .listener(
                new TrainingListener() {
                  private long before;

                  @Override
                  public void stepTaken(TrainingEvent.StepTaken event) {
                    long now = System.nanoTime();
                    times[(int) event.step() - 1] = (now - before) / 1e9;
                    before = now;
                  }
                })
            .build()) {
      training.run();
    }
    double[] later = Arrays.copyOfRange(times, WARM_UP, STEPS);
    Arrays.sort(later);
    return BATCH / later[later.length / 2];
  }

  /** The median time of a sum, in milliseconds. */
  private static String milliseconds(WorkerGroup workers, String weights) {
    Graph graph = new Graph();
    Ops tf = Ops.create(graph);
    Operand<TFloat32> zeros =
        tf.zeros(tf.constant(new int[] {Integer.parseInt(weights)}), TFloat32.class);
    Operand<TFloat32> first = tf.gather(workers.sum(tf, zeros), tf.constant(0), tf.constant(0));
    Session session = workers.open(graph, ConfigProto.getDefaultInstance());
    double[] times = new double[STEPS];
    for (int i = 0; i < STEPS; i++) {
      long before = System.nanoTime();
      session.runner().fetch(first).run().close();
      times[i] = (System.nanoTime() - before) / 1e6;
    }
    workers.close(session);
    graph.close();
    double[] later = Arrays.copyOfRange(times, WARM_UP, STEPS);
    Arrays.sort(later);
    return String.format(Locale.ROOT, "%.1f", later[later.length / 2]);
  }
}
