package org.pixelrnn.server;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/**
 * The counts and times that a server measures, besides those of Armeria. The names are those of
 * {@code /metrics}, with dots in place of underscores.
 */
final class ServingMetrics {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofSeconds(60)
  };

  private final MeterRegistry registry;

  ServingMetrics(MeterRegistry registry, ModelRegistry models, RequestGate gate) {
    this.registry = registry;
    Gauge.builder("pixelrnn.requests.running", gate, RequestGate::running)
        .description("Requests that are answered now.")
        .register(registry);
    Gauge.builder("pixelrnn.requests.waiting", gate, RequestGate::waiting)
        .description("Requests that wait for their turn.")
        .register(registry);
    for (ServedModel model : models.all()) {
      Gauge.builder("pixelrnn.model.version", model, ServingMetrics::version)
          .description("The version of a model that answers requests; -1 while there is none.")
          .tag("model", model.name())
          .register(registry);
    }
  }

  private static double version(ServedModel model) {
    return model.current().map(LoadedVersion::number).orElse(-1L);
  }

  /** Counts one row of images. */
  void row(String model) {
    registry.counter("pixelrnn.rows", "model", model).increment();
  }

  /** Counts images that were sampled or scored to the end. */
  void images(String model, int count) {
    registry.counter("pixelrnn.images", "model", model).increment(count);
  }

  /** Measures the time from the arrival of a request to its first row. */
  void firstRow(String model, Duration time) {
    Timer.builder("pixelrnn.first.row")
        .description("Time from the arrival of a request to its first row.")
        .serviceLevelObjectives(BUCKETS)
        .tag("model", model)
        .register(registry)
        .record(time);
  }

  /**
   * Measures the time of a whole request.
   *
   * @param method the name of the method, for instance {@code sample}
   * @param outcome {@code done}, {@code cancelled}, or the kind of a refusal
   */
  void request(String model, String method, String outcome, Duration time) {
    Timer.builder("pixelrnn.requests")
        .description("Time of a whole request.")
        .serviceLevelObjectives(BUCKETS)
        .tag("model", model)
        .tag("method", method)
        .tag("outcome", outcome)
        .register(registry)
        .record(time);
  }
}
