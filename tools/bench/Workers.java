import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.Network;
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
 * Training by one worker with one thread beside two workers with one thread each, and what the sums
 * over both workers cost:
 *
 * <pre>
 * tools/bench/run Workers
 * </pre>
 *
 * <p>The workers are processes on this machine, so the sums go through the loopback interface. Two
 * processes that train side by side, each on half a batch and without a word to the other, are the
 * most that two workers can reach: they share the machine's memory and its caches.
 *
 * <p>Bytes and packets are those of the loopback interface, so nothing else should use it. Here a
 * packet has up to 64 KiB; on Ethernet it has 1.5.
 */
final class Workers {
  private static final int STEPS = 40;
  private static final int WARM_UP = 5;
  private static final int[] WEIGHTS = {100_000, 1_000_000, 10_000_000};

  /** Networks by name, and the images of a batch. */
  private record Job(String name, String network, int batch) {
    String config(int images) {
      return "model { "
          + network
          + " } training { rms_prop {} batch_size: "
          + images
          + " steps: "
          + STEPS
          + " sample_images: 0 validation_images: 2 checkpoint_every_steps: 1000 }";
    }
  }

  private static final String PIXEL_CNN = "pixel_cnn {} layers: 8 h: 64 head_width: 64";
  private static final String DIAGONAL = "diagonal_bilstm {} layers: 7 h: 16 head_width: 32";
  private static final String SIZE = " height: 28 width: 28";
  private static final List<Job> JOBS =
      List.of(
          new Job("PixelCNN, 8 layers, h = 64", PIXEL_CNN + SIZE, 32),
          new Job("Diagonal BiLSTM, 7 layers, h = 16", DIAGONAL + SIZE, 32),
          new Job("Diagonal BiLSTM, 7 layers, h = 16", DIAGONAL + SIZE, 128));

  /** PixelCNNs of 8×8 images with about 0.1, 1 and 10 million weights. */
  private static final String DEEP = "pixel_cnn {} layers: 8 head_width: 64 height: 8 width: 8 h: ";

  private static final int[] WIDTHS = {30, 96, 304};

  private Workers() {}

  /** Starts the workers, or is one of them. */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 0) {
      work(arguments[0]);
      // TensorFlow's server cannot be closed.
      Runtime.getRuntime().halt(0);
    }
    System.out.println(
        "| network | batch | 1 worker [images/s] | 2 workers [images/s] | share of twice | 2 apart"
            + " [images/s] | share of twice |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (Job job : JOBS) {
      double one = start(1, true, job.config(job.batch())).get(0).perSecond(job.batch());
      double two = start(2, true, job.config(job.batch())).get(0).perSecond(job.batch());
      int half = job.batch() / 2;
      double apart =
          start(2, false, job.config(half)).stream()
              .mapToDouble(process -> process.perSecond(half))
              .sum();
      System.out.printf(
          Locale.ROOT,
          "| %s | %d | %.1f | %.1f | %.2f | %.1f | %.2f |%n",
          job.name(),
          job.batch(),
          one,
          two,
          two / one / 2,
          apart,
          apart / one / 2);
    }
    System.out.println();
    System.out.println("| weights | sum over 2 workers [ms] | KiB a worker sends | packets |");
    System.out.println("|---|---|---|---|");
    for (int weights : WEIGHTS) {
      System.out.println("| " + weights + start(2, true, "" + weights).get(0).sum());
    }
    System.out.println();
    System.out.println("| weights | step of 8 images [ms] | KiB a worker sends | packets |");
    System.out.println("|---|---|---|---|");
    for (int h : WIDTHS) {
      String config = new Job("", DEEP + h, 8).config(8);
      System.out.println("| " + weights(config) + start(2, true, config).get(0).sum());
    }
  }

  /**
   * The measurements of one process.
   *
   * @param seconds the median time of a step or a sum
   * @param bytes what all workers have sent in one of them
   * @param packets the packets on the loopback interface in one of them
   */
  private record Measured(double seconds, double bytes, double packets) {
    static Measured parse(String line) {
      String[] numbers = line.split(" ");
      return new Measured(
          Double.parseDouble(numbers[0]),
          Double.parseDouble(numbers[1]),
          Double.parseDouble(numbers[2]));
    }

    String line() {
      return seconds + " " + bytes + " " + packets;
    }

    double perSecond(int images) {
      return images / seconds;
    }

    /** Columns of a table: the time of a step or a sum, and what each of two workers has sent. */
    String sum() {
      return String.format(
          Locale.ROOT, " | %.1f | %.1f | %.0f |", seconds * 1e3, bytes / 2 / 1024, packets / 2);
    }
  }

  /**
   * Runs processes.
   *
   * @param together true if they are workers of one cluster
   * @return what each has measured
   */
  private static List<Measured> start(int count, boolean together, String what)
      throws IOException, InterruptedException {
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      try (ServerSocket free = new ServerSocket(0)) {
        addresses.add("\"127.0.0.1:" + free.getLocalPort() + "\"");
      }
    }
    List<Process> processes = new ArrayList<>();
    List<Path> outputs = new ArrayList<>();
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
      if (together) {
        builder
            .environment()
            .put(
                "TF_CONFIG",
                "{\"cluster\": {\"worker\": "
                    + addresses
                    + "}, \"task\": {\"type\": \"worker\", \"index\": "
                    + i
                    + "}}");
      }
      outputs.add(Files.createTempFile("worker", ".out"));
      builder.redirectError(ProcessBuilder.Redirect.INHERIT);
      builder.redirectOutput(outputs.get(i).toFile());
      processes.add(builder.start());
    }
    List<Measured> measured = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int status = processes.get(i).waitFor();
      List<String> lines = Files.readAllLines(outputs.get(i));
      Files.delete(outputs.get(i));
      if (status != 0) {
        throw new IOException("a worker has failed with status " + status);
      }
      // Listeners of worker 0 alone hear of steps.
      if (!together || i == 0) {
        measured.add(Measured.parse(lines.get(lines.size() - 1)));
      }
    }
    return measured;
  }

  private static void work(String what) throws IOException {
    WorkerGroup workers = Training.join(Duration.ofMinutes(1), 1);
    Measured measured = what.startsWith("model") ? steps(what) : sums(workers, what);
    System.out.println(measured.line());
    System.out.flush();
    workers.end();
  }

  /** Bytes and packets that have gone over the loopback interface so far. Zeros without Linux. */
  private static double[] traffic() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/net/dev"))) {
        String[] columns = line.strip().split("[: ]+");
        if (columns[0].equals("lo")) {
          // Columns 9 and 10 count what was sent.
          return new double[] {Double.parseDouble(columns[9]), Double.parseDouble(columns[10])};
        }
      }
      return new double[2];
    } catch (IOException e) {
      return new double[2];
    }
  }

  /** Takes the times of steps or sums. */
  private static final class Clock {
    private final double[] times = new double[STEPS];
    private int taken;
    private long before = System.nanoTime();
    private double[] trafficBefore = new double[2];

    void tick() {
      long now = System.nanoTime();
      times[taken++] = (now - before) / 1e9;
      before = now;
      if (taken == WARM_UP) {
        trafficBefore = traffic();
      }
    }

    /** The median after the first ones. */
    Measured measured() {
      if (taken == 0) {
        return new Measured(1, 0, 0);
      }
      double[] later = Arrays.copyOfRange(times, WARM_UP, STEPS);
      Arrays.sort(later);
      double[] traffic = traffic();
      return new Measured(
          later[later.length / 2],
          (traffic[0] - trafficBefore[0]) / later.length,
          (traffic[1] - trafficBefore[1]) / later.length);
    }
  }

  private static Measured steps(String network) throws IOException {
    RunConfig config = ConfigFile.parse(network, "benchmark");
    ImageShape shape =
        new ImageShape(config.getModel().getHeight(), config.getModel().getWidth(), 1, 256);
    // Grey values, which training makes black and white.
    Images images = Measure.images(shape, 256);
    Clock clock = new Clock();
    AtomicReference<Measured> measured = new AtomicReference<>(clock.measured());
    Path folder = Files.createTempDirectory("workers");
    try (Training training =
        Training.builder(config)
            .data(ImageDataset.of("random", images, images.slice(0, 2), images.slice(0, 2)))
            .runDirectory(folder.resolve("run"))
            .threads(1)
            .listener(
                new TrainingListener() {
                  @Override
                  public void stepTaken(TrainingEvent.StepTaken event) {
                    clock.tick();
                    if (event.step() == STEPS) {
                      measured.set(clock.measured());
                    }
                  }
                })
            .build()) {
      training.run();
    }
    return measured.get();
  }

  private static long weights(String network) {
    return new Network(ConfigFile.parse(network, "benchmark").getModel())
        .weights().stream().mapToLong(weight -> weight.shape().size()).sum();
  }

  private static Measured sums(WorkerGroup workers, String weights) {
    Graph graph = new Graph();
    Ops tf = Ops.create(graph);
    Operand<TFloat32> zeros =
        tf.zeros(tf.constant(new int[] {Integer.parseInt(weights)}), TFloat32.class);
    Operand<TFloat32> first = tf.gather(workers.sum(tf, zeros), tf.constant(0), tf.constant(0));
    Session session = workers.open(graph, ConfigProto.getDefaultInstance());
    Clock clock = new Clock();
    for (int i = 0; i < STEPS; i++) {
      session.runner().fetch(first).run().close();
      clock.tick();
    }
    Measured measured = clock.measured();
    workers.close(session);
    graph.close();
    return measured;
  }
}
