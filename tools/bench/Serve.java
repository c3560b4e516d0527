import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.pixelrnn.export.SavedModelExport;
import org.pixelrnn.server.ModelServer;

/**
 * Measures a server under load. Each client asks for one image over HTTP, reads it row by row, and
 * then asks for the next one. Server and clients share the machine.
 *
 * <p>If the environment variable PIXELRNN_PYTHON names a Python with TensorFlow
 * (tools/interop/requirements.txt), the same load runs there too: serve.py calls {@code sample} of
 * the same SavedModel from as many threads.
 */
final class Serve {
  private static final int[] CLIENTS = {1, 8, 32};
  private static final double SECONDS = 5;
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Serve() {}

  /**
   * The times of one image.
   *
   * @param firstRow the seconds until its first row was there
   * @param image the seconds until its last row was there
   */
  private record Times(double firstRow, double image) {}

  /** Prints three lines for each model folder; without arguments, for the shipped models. */
  public static void main(String[] models) throws Exception {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn"); // no access log
    String[] folders =
        models.length > 0
            ? models
            : new String[] {
              "savedmodels/mnist-pixelcnn",
              "savedmodels/mnist-row-lstm",
              "savedmodels/mnist-diagonal-bilstm",
              "savedmodels/mnist-diagonal-bilstm-7",
              "savedmodels/cifar10-pixelcnn"
            };
    System.out.println(
        "Milliseconds until the first row and the whole image are there: median and 99th"
            + " percentile.");
    System.out.println("times: images/s, divided by the images/s of one client.");
    System.out.printf(
        "%-26s %-7s %7s %19s %19s %9s %6s%n",
        "model", "", "clients", "first row p50 p99", "image p50 p99", "images/s", "times");
    for (String folder : folders) {
      print(Path.of(folder));
    }
    System.exit(0); // Threads of the HTTP client are left.
  }

  private static void print(Path model) throws Exception {
    String name = model.getFileName().toString();
    Path again = Files.createTempDirectory("pixelrnn-bench");
    Path version = SavedModelExport.again(model, again);
    try (ModelServer server = ModelServer.builder().port(0).model(name, again).start()) {
      while (!server.isReady()) {
        Thread.sleep(10);
      }
      URI uri = server.uri().resolve("/v1/models/" + name + ":sample");
      load(uri, 1, 1);
      double alone = 0;
      for (int clients : CLIENTS) {
        long begun = System.nanoTime();
        List<Times> times = load(uri, clients, SECONDS);
        double rate = times.size() / ((System.nanoTime() - begun) / 1e9);
        alone = alone == 0 ? rate : alone;
        double[] rows = times.stream().mapToDouble(Times::firstRow).sorted().toArray();
        double[] images = times.stream().mapToDouble(Times::image).sorted().toArray();
        System.out.printf(
            "%-26s %-7s %7d %9.1f %9.1f %9.1f %9.1f %9.1f %6.2f%n",
            name,
            "server",
            clients,
            1000 * part(rows, 0.5),
            1000 * part(rows, 0.99),
            1000 * part(images, 0.5),
            1000 * part(images, 0.99),
            rate,
            rate / alone);
      }
    }
    String python = System.getenv("PIXELRNN_PYTHON");
    if (python != null) {
      List<String> command =
          new ArrayList<>(List.of(python, "tools/bench/serve.py", name, version.toString()));
      command.add(Double.toString(SECONDS));
      Arrays.stream(CLIENTS).mapToObj(Integer::toString).forEach(command::add);
      new ProcessBuilder(command).inheritIO().start().waitFor();
    }
    MoreFiles.deleteRecursively(again, RecursiveDeleteOption.ALLOW_INSECURE);
  }

  /** The smallest number that is not below a part of all numbers. */
  private static double part(double[] sorted, double part) {
    return sorted[(int) Math.ceil(part * sorted.length) - 1];
  }

  /** Runs clients for some seconds, and until their last images are there. */
  private static List<Times> load(URI uri, int clients, double seconds) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    long end = System.nanoTime() + (long) (seconds * 1e9);
    Callable<List<Times>> client =
        () -> {
          List<Times> times = new ArrayList<>();
          do {
            times.add(image(uri));
          } while (System.nanoTime() < end);
          return times;
        };
    List<Times> all = new ArrayList<>();
    for (Future<List<Times>> times : threads.invokeAll(Collections.nCopies(clients, client))) {
      all.addAll(times.get());
    }
    threads.shutdown();
    return all;
  }

  private static Times image(URI uri) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    HttpResponse<Stream<String>> answer =
        CLIENT.send(
            HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString("{}")).build(),
            HttpResponse.BodyHandlers.ofLines());
    try (Stream<String> stream = answer.body()) {
      Iterator<String> lines = stream.iterator();
      String line = lines.next(); // the header
      line = lines.next();
      double firstRow = (System.nanoTime() - begun) / 1e9;
      while (lines.hasNext()) {
        line = lines.next();
      }
      if (!line.equals("{\"done\":true}")) {
        throw new IOException("the answer ends with " + line);
      }
      return new Times(firstRow, (System.nanoTime() - begun) / 1e9);
    }
  }
}
