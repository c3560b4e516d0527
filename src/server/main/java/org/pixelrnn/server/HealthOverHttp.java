package org.pixelrnn.server;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import java.util.Map;

/**
 * Health over HTTP. {@code /healthz} answers while the process lives. {@code /healthz?ready} has
 * status 200 if every model is ready, otherwise 503.
 */
final class HealthOverHttp {
  private final ModelRegistry models;

  HealthOverHttp(ModelRegistry models) {
    this.models = models;
  }

  /** Adds the path to a server. */
  void addTo(ServerBuilder server) {
    ServicesOnOnePort.named("healthz", server.route().get("/healthz"))
        .build(
            (ctx, request) -> {
              if (!ctx.queryParams().contains("ready")) {
                return answer(HttpStatus.OK, "alive", true);
              }
              boolean ready = models.isReady();
              return answer(ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE, "ready", ready);
            });
  }

  private static HttpResponse answer(HttpStatus status, String what, boolean yes) {
    return HttpResponse.of(status, MediaType.JSON_UTF_8, JsonBody.write(Map.of(what, yes)));
  }
}
