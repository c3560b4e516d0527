package org.pixelrnn.server;

import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;

/**
 * Health over gRPC: {@code grpc.health.v1.Health}. Under its own name, a model is healthy once it
 * is ready. Under the empty name, the server is healthy once all models are.
 */
final class HealthOverGrpc {
  private final ModelRegistry models;
  private final HealthStatusManager statuses = new HealthStatusManager();

  HealthOverGrpc(ModelRegistry models) {
    this.models = models;
    models.all().forEach(model -> model.health().addListener(health -> update()));
    update();
  }

  /** The service that answers. */
  BindableService service() {
    return statuses.getHealthService();
  }

  /** Says from now on that nothing is healthy, because the server is stopping. */
  void stop() {
    statuses.enterTerminalState();
  }

  private synchronized void update() {
    boolean all = true;
    for (ServedModel model : models.all()) {
      boolean healthy = model.health().isHealthy();
      set(model.name(), healthy);
      all &= healthy;
    }
    set(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, all);
  }

  private void set(String name, boolean healthy) {
    statuses.setStatus(name, healthy ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
  }
}
