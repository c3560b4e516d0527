package org.pixelrnn.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.pixelrnn.image.InputException;
import org.pixelrnn.server.ModelServer;
import org.pixelrnn.server.RequestLimits;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pixelrnn serve}. */
@Command(
    name = "serve",
    description = {
      "Serve exported models over gRPC and HTTP, until Ctrl-C or SIGTERM.",
      "",
      "A new version of a model takes over when it appears in the model's folder."
    })
final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "[NAME=]DIR",
      required = true,
      description =
          "Serve this model under a name, which is that of its folder if it is not given. May be given"
              + " several times.")
  private List<String> models;

  @Option(
      names = "--compile-for",
      paramLabel = "N",
      split = " *, *",
      description =
          "Compile the sampling of N images at once, for instance 1 or 1,8. Models are ready some"
              + " seconds later. One image of a recurrent model, or of one of colour images, then"
              + " takes 0.2 to 0.7 of the time; one of a PixelCNN with large kernels takes longer.")
  private int[] compiledFor = {};

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Listen at this address. Default: 127.0.0.1, which only this machine reaches; 0.0.0.0 is"
              + " every address.")
  private String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8500",
      description = "Listen at this port; 0 picks a free one. Default: 8500.")
  private int port;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "Refuse requests without the token in this file. Health checks need none.")
  private Path tokenFile;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "Serve over TLS with the certificates in this PEM file.")
  private Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The private key of --tls-cert, a PEM file.")
  private Path key;

  @Option(
      names = "--max-images",
      paramLabel = "N",
      description = "Refuse requests for more images. Default: 64.")
  private int images = RequestLimits.defaults().images();

  @Option(
      names = "--max-bytes",
      paramLabel = "N",
      description = "Refuse requests of more bytes. Default: 16777216.")
  private long bytes = RequestLimits.defaults().bytes();

  @Option(
      names = "--max-requests",
      paramLabel = "N",
      description = "Answer at most N requests at once; others wait. Default: 64.")
  private int running = RequestLimits.defaults().running();

  @Option(
      names = "--max-waiting",
      paramLabel = "N",
      description = "Refuse requests while N others wait. Default: 256.")
  private int waiting = RequestLimits.defaults().waiting();

  @Option(
      names = "--max-seconds",
      paramLabel = "SECONDS",
      description = "End a request that takes longer. Default: 60.")
  private double seconds = RequestLimits.defaults().time().toSeconds();

  @Override
  public Integer call() throws InterruptedException {
    quietLog(); // Before the first class that logs.
    ModelServer.Builder builder =
        ModelServer.builder()
            .host(host)
            .port(port)
            .compileFor(compiledFor)
            .limits(
                new RequestLimits(
                    images, bytes, running, waiting, Duration.ofMillis((long) (seconds * 1000))));
    models.forEach(model -> add(model, builder));
    if (tokenFile != null) {
      builder.token(token());
    }
    if ((certificate == null) != (key == null)) {
      throw new InputException("--tls-cert and --tls-key belong together; give both");
    }
    if (certificate != null) {
      builder.tls(certificate, key);
    }
    serve(builder);
    return 0;
  }

  private void serve(ModelServer.Builder builder) throws InterruptedException {
    CountDownLatch stop = new CountDownLatch(1);
    try (ShutdownHook hook = new ShutdownHook(stop::countDown)) {
      try (ModelServer server = builder.start()) {
        spec.commandLine().getOut().println("serving at " + server.uri());
        spec.commandLine().getOut().flush();
        stop.await();
      }
      hook.saved();
    }
  }

  /** Adds a model: {@code NAME=DIR}, or {@code DIR}. */
  private static void add(String model, ModelServer.Builder builder) {
    int equals = model.indexOf('=');
    // A folder's name may have an equals sign in it, too.
    boolean named = equals > 0 && model.substring(0, equals).matches("[A-Za-z0-9._-]+");
    Path folder = Path.of(named ? model.substring(equals + 1) : model);
    builder.model(named ? model.substring(0, equals) : nameOf(folder), folder);
  }

  /** The name of a model's folder, also if the folder of one version is given. */
  private static String nameOf(Path folder) {
    Path whole = folder.toAbsolutePath().normalize();
    Path parent = whole.getParent();
    boolean version = isNumber(whole) && parent != null && parent.getFileName() != null;
    return String.valueOf((version ? parent : whole).getFileName());
  }

  private static boolean isNumber(Path folder) {
    return String.valueOf(folder.getFileName()).matches("[0-9]+");
  }

  private String token() {
    try {
      return Files.readString(tokenFile).strip();
    } catch (IOException e) {
      throw new InputException(
          tokenFile + ": cannot be read: " + InputException.reason(e) + "; expected a token", e);
    }
  }

  /** Shows what the server logs, and of its libraries only what goes wrong. */
  private static void quietLog() {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
    System.setProperty("org.slf4j.simpleLogger.log.org.pixelrnn", "info");
    // A client that breaks a protocol is no fault of the server; the connection is closed.
    String armeria = "org.slf4j.simpleLogger.log.com.linecorp.armeria.";
    System.setProperty(armeria + "internal.common.AbstractHttp2ConnectionHandler", "error");
    System.setProperty(armeria + "server.HttpServerPipelineConfigurator", "error");
    // It asks for the version of reflection that Python's client does not know.
    System.setProperty(armeria + "server.grpc.GrpcServiceBuilder", "error");
    System.setProperty("org.slf4j.simpleLogger.showThreadName", "false");
    System.setProperty("org.slf4j.simpleLogger.showShortLogName", "true");
    System.setProperty("org.slf4j.simpleLogger.showDateTime", "true");
    System.setProperty("org.slf4j.simpleLogger.dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
  }
}
