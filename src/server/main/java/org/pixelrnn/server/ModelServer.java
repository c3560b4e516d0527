package org.pixelrnn.server;

import com.google.common.base.Throwables;
import com.linecorp.armeria.common.logging.RequestLog;
import com.linecorp.armeria.common.metric.MeterIdPrefixFunction;
import com.linecorp.armeria.common.metric.PrometheusMeterRegistries;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.metric.MetricCollectingService;
import com.linecorp.armeria.server.metric.PrometheusExpositionService;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.pixelrnn.image.InputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server that gives the images of exported models to programs and browsers. One port has gRPC,
 * HTTP, a web page, health checks and metrics.
 *
 * <pre>{@code
 * try (ModelServer server =
 *     ModelServer.builder().model("mnist", Path.of("savedmodels/mnist-row-lstm")).start()) {
 *   System.out.println(server.uri()); // http://127.0.0.1:8500/
 *   ...
 * }
 * }</pre>
 *
 * <p>Models are loaded in the background. Until a model is ready, its requests are refused with
 * UNAVAILABLE or 503. When a new version appears in a model's folder, it takes over.
 */
public final class ModelServer implements AutoCloseable {
  private static final Logger ACCESS =
      LoggerFactory.getLogger(ModelServer.class.getName() + ".access");

  private static final String VERB = "regex:^/v1/models/[^/]+(/[^/]+/[^/]+)?:[^/]+$";

  /** How long running requests may take after the server is told to stop. */
  private static final Duration STOP = Duration.ofSeconds(30);

  private final Server server;
  private final ModelRegistry models;
  private final URI uri;

  private ModelServer(Builder builder) {
    models = new ModelRegistry(builder.models);
    Server made = null;
    try {
      made = build(builder);
      server = made;
      startListening(builder.host, builder.port);
    } catch (RuntimeException e) {
      models.close();
      throw e;
    }
    String scheme = builder.certificate.isPresent() ? "https" : "http";
    String host = builder.host.contains(":") ? "[" + builder.host + "]" : builder.host;
    uri = URI.create(scheme + "://" + host + ":" + server.activeLocalPort() + "/");
    models.start(builder.beforeLoading, builder.watchInterval);
  }

  /** Puts the server together: each service is one line. */
  private Server build(Builder builder) {
    RequestGate gate = new RequestGate(builder.limits);
    PrometheusMeterRegistry meters = PrometheusMeterRegistries.newRegistry();
    ServingMetrics metrics = new ServingMetrics(meters, models, gate);
    RequestRun.Serving serving = new RequestRun.Serving(models, builder.limits, gate, metrics);
    ModelRequests requests = new ModelRequests(serving);
    SignatureRequests signatures = new SignatureRequests(serving);
    ServerBuilder sb = Server.builder();

    new ModelsOverHttp(requests).addTo(sb);
    new SignaturesOverHttp(signatures).addTo(sb);
    new PageOverHttp().addTo(sb);
    sb.service(GrpcServices.of(requests, signatures, models, builder.limits));
    new HealthOverHttp(models).addTo(sb);
    sb.service("/metrics", PrometheusExpositionService.of(meters.getPrometheusRegistry()));

    sb.routeDecorator().path(VERB).build(gate);
    sb.routeDecorator().pathPrefix(GrpcServices.IMAGE_MODELS).build(gate);
    sb.routeDecorator().path(GrpcServices.PREDICT).build(gate);
    builder.token.ifPresent(token -> sb.decorator(new TokenCheck(token).decorator()));
    sb.decorator(MetricCollectingService.newDecorator(MeterIdPrefixFunction.ofDefault("http")));
    sb.meterRegistry(meters);
    sb.errorHandler(new ErrorAnswers());
    sb.maxRequestLength(builder.limits.bytes());
    sb.requestTimeout(builder.limits.time());
    sb.unloggedExceptionsReportInterval(Duration.ZERO); // The access log has them.
    sb.accessLogWriter(ModelServer::logAccess, true);
    sb.gracefulShutdownTimeout(Duration.ofMillis(50), STOP);
    InetSocketAddress address = new InetSocketAddress(builder.host, builder.port);
    if (address.isUnresolved()) {
      throw new InputException(
          "address `"
              + builder.host
              + "` is unknown; expected a name or an IP address of this machine");
    }
    try {
      if (builder.certificate.isPresent()) {
        sb.https(address).tls(builder.certificate.get().toFile(), builder.key.get().toFile());
      } else {
        sb.http(address);
      }
      return sb.build();
    } catch (RuntimeException e) {
      throw builder.certificate.isEmpty()
          ? e
          : new InputException(
              builder.certificate.get()
                  + " and "
                  + builder.key.get()
                  + " are no certificate and key in PEM format ("
                  + Throwables.getRootCause(e).getMessage()
                  + ")",
              e);
    }
  }

  private void startListening(String host, int port) {
    try {
      server.start().join();
    } catch (CompletionException e) {
      Throwable cause = Throwables.getRootCause(e);
      String reason =
          cause instanceof IOException io ? InputException.reason(io) : String.valueOf(cause);
      throw new InputException(host + ":" + port + ": cannot be listened at: " + reason, e);
    }
  }

  private static void logAccess(RequestLog log) {
    String trailer = log.responseTrailers().get("grpc-status");
    String status = trailer == null ? log.responseHeaders().get("grpc-status") : trailer;
    ACCESS.info(
        "{} {} {} {}{} {} bytes {} ms",
        log.context().remoteAddress(),
        log.requestHeaders().method(),
        log.context().path(),
        log.responseHeaders().status().code(),
        status == null ? "" : " grpc-status " + status,
        log.responseLength(),
        log.totalDurationNanos() / 1_000_000);
  }

  /** Starts the description of a server. */
  public static Builder builder() {
    return new Builder();
  }

  /** The server's address, with the port that was chosen. */
  public URI uri() {
    return uri;
  }

  /** The models, for tests. */
  ModelRegistry models() {
    return models;
  }

  /** True if every model is loaded and warm. */
  public boolean isReady() {
    return models.isReady();
  }

  /**
   * Stops the server. New requests are refused at once. Requests that are running end first, for at
   * most 30 seconds.
   */
  @Override
  public void close() {
    server.stop().join();
    models.close();
  }

  /** Describes a server: its models, its address and its limits. */
  public static final class Builder {
    private final Map<String, Path> models = new LinkedHashMap<>();
    private String host = "127.0.0.1";
    private int port = 8500;
    private RequestLimits limits = RequestLimits.defaults();
    private Optional<String> token = Optional.empty();
    private Optional<Path> certificate = Optional.empty();
    private Optional<Path> key = Optional.empty();
    private Duration watchInterval = Duration.ofSeconds(1);
    private Runnable beforeLoading = () -> {};

    private Builder() {}

    /**
     * Adds a model.
     *
     * @param name the name that requests give: letters, digits, {@code .}, {@code _} and {@code -}
     * @param folder the model's folder, for its newest version, or the folder of one version
     * @throws InputException if the name has other characters, or if it is taken
     */
    public Builder model(String name, Path folder) {
      if (!name.matches("[A-Za-z0-9._-]+")) {
        throw new InputException(
            "model name `" + name + "`; expected letters, digits, `.`, `_` and `-`");
      }
      if (models.putIfAbsent(name, folder) != null) {
        throw new InputException("two models have the name `" + name + "`; give one another name");
      }
      return this;
    }

    /** Sets the address to listen at. Default: 127.0.0.1, which only this machine reaches. */
    public Builder host(String host) {
      this.host = host;
      return this;
    }

    /** Sets the port to listen at. Default: 8500. With 0, a free one is chosen. */
    public Builder port(int port) {
      if (port < 0 || port > 65535) {
        throw new InputException("port " + port + "; expected 0 to 65535");
      }
      this.port = port;
      return this;
    }

    /** Sets the limits. Default: {@link RequestLimits#defaults}. */
    public Builder limits(RequestLimits limits) {
      this.limits = limits;
      return this;
    }

    /**
     * Refuses requests that do not have this token, as {@code Authorization: Bearer TOKEN}. Health
     * checks need none.
     */
    public Builder token(String token) {
      if (token.isBlank()) {
        throw new InputException("the token is empty; expected at least one character");
      }
      this.token = Optional.of(token);
      return this;
    }

    /** Serves over TLS, with a certificate chain and its private key in PEM format. */
    public Builder tls(Path certificate, Path key) {
      this.certificate = Optional.of(certificate);
      this.key = Optional.of(key);
      return this;
    }

    /**
     * Sets what is done once before the first model is loaded. The server answers meanwhile.
     *
     * @param task called on another thread
     */
    public Builder beforeLoading(Runnable task) {
      beforeLoading = task;
      return this;
    }

    /** Sets how often folders are looked at for new versions. Default: every second. */
    Builder watchInterval(Duration interval) {
      watchInterval = interval;
      return this;
    }

    /**
     * Starts the server. Models are loaded in the background.
     *
     * @throws org.pixelrnn.sampler.NotAModelException if there is no model in a folder
     * @throws InputException if there is no model at all, if the address is in use, or if the
     *     certificate or the key cannot be read
     */
    public ModelServer start() {
      if (models.isEmpty()) {
        throw new InputException("there is no model to serve; expected at least one");
      }
      return new ModelServer(this);
    }
  }
}
