package org.pixelrnn.server;

import com.google.common.base.Throwables;
import com.linecorp.armeria.common.logging.RequestLog;
import com.linecorp.armeria.common.metric.MeterIdPrefixFunction;
import com.linecorp.armeria.common.metric.PrometheusMeterRegistries;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerListener;
import com.linecorp.armeria.server.ServiceBindingBuilder;
import com.linecorp.armeria.server.metric.MetricCollectingService;
import com.linecorp.armeria.server.metric.PrometheusExpositionService;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.pixelrnn.image.InputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All services of a model server on one port, with its limits, its metrics and its access log. */
final class ServicesOnOnePort {
  private static final Logger ACCESS =
      LoggerFactory.getLogger(ModelServer.class.getName() + ".access");

  /** The paths of the methods of all models, for instance {@code /v1/models/m:sample}. */
  private static final String METHODS = "regex:^/v1/models/[^/]+(/[^/]+/[^/]+)?:[^/]+$";

  /** How long running requests may take after the server is told to stop. */
  private static final Duration STOP = Duration.ofSeconds(30);

  private ServicesOnOnePort() {}

  /**
   * Makes a server that is not started yet: each service is one line.
   *
   * @throws InputException if the address is unknown, or if the certificate or the key cannot be
   *     read
   */
  static Server build(ModelServer.Builder builder, ModelRegistry models) {
    RequestGate gate = new RequestGate(builder.limits);
    PrometheusMeterRegistry meters = PrometheusMeterRegistries.newRegistry();
    ServingMetrics metrics = new ServingMetrics(meters, models, gate);
    RequestRun.Serving serving = new RequestRun.Serving(models, builder.limits, gate, metrics);
    ModelRequests requests = new ModelRequests(serving);
    SignatureRequests signatures = new SignatureRequests(serving);
    ServerBuilder sb = Server.builder();
    HealthOverGrpc health = new HealthOverGrpc(models);

    new ModelsOverHttp(requests).addTo(sb);
    new SignaturesOverHttp(signatures).addTo(sb);
    new PageOverHttp().addTo(sb);
    sb.service(GrpcServices.of(requests, signatures, health, builder.limits));
    new HealthOverHttp(models).addTo(sb);
    named("metrics", sb.route().get("/metrics"))
        .build(PrometheusExpositionService.of(meters.getPrometheusRegistry()));

    sb.routeDecorator().path(METHODS).build(gate);
    sb.routeDecorator().pathPrefix(GrpcServices.IMAGE_MODELS).build(gate);
    sb.routeDecorator().path(GrpcServices.PREDICT).build(gate);
    builder.token.ifPresent(token -> sb.decorator(new TokenCheck(token).decorator()));
    sb.decorator(MetricCollectingService.newDecorator(MeterIdPrefixFunction.ofDefault("http")));
    sb.meterRegistry(meters);
    sb.errorHandler(new ErrorAnswers());
    sb.maxRequestLength(builder.limits.bytes());
    sb.requestTimeout(builder.limits.time());
    // An incomplete request does not keep a connection open, so clients with slow headers are cut
    // off.
    sb.idleTimeout(builder.idleTime);
    sb.unloggedExceptionsReportInterval(Duration.ZERO); // The access log has them.
    sb.accessLogWriter(ServicesOnOnePort::logAccess, true);
    sb.gracefulShutdownTimeout(Duration.ofMillis(50), STOP);
    sb.serverListener(
        ServerListener.builder()
            .whenStopping(server -> gate.close())
            .whenStopping(server -> health.stop())
            .build());
    listen(sb, builder);
    try {
      return sb.build();
    } catch (RuntimeException e) {
      throw builder.certificate.isEmpty() ? e : wrongCertificate(builder, e);
    }
  }

  /** Gives a route of HTTP the name that it has in the metrics. */
  static ServiceBindingBuilder named(String name, ServiceBindingBuilder route) {
    route.defaultServiceName(name);
    return route;
  }

  private static void listen(ServerBuilder sb, ModelServer.Builder builder) {
    InetSocketAddress address = new InetSocketAddress(builder.host, builder.port);
    if (address.isUnresolved()) {
      throw new InputException(
          "address `"
              + builder.host
              + "` is unknown; expected a name or an IP address of this machine");
    }
    if (builder.certificate.isEmpty()) {
      sb.http(address);
      return;
    }
    try {
      sb.https(address).tls(builder.certificate.get().toFile(), builder.key.get().toFile());
    } catch (RuntimeException e) {
      throw wrongCertificate(builder, e);
    }
  }

  private static InputException wrongCertificate(ModelServer.Builder builder, RuntimeException e) {
    return new InputException(
        builder.certificate.get()
            + " and "
            + builder.key.get()
            + " are no certificate and key in PEM format ("
            + Throwables.getRootCause(e).getMessage()
            + ")",
        e);
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
}
