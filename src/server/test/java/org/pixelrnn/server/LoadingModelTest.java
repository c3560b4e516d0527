package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.proto.service.v1.SampleImagesRequest;

/** A model that is loading while the server answers. */
@DisabledOnOs(OS.WINDOWS)
class LoadingModelTest {
  @TempDir private Path folder;

  /** One file of the model is a pipe, so that loading waits until the test writes into it. */
  @Test
  void requestsAreRefusedUntilTheModelIsReady() throws IOException, InterruptedException {
    ServerCalls.copy("row-lstm", folder.resolve("1"));
    Path file = folder.resolve("1/assets.extra/pixelrnn.textproto");
    byte[] content = Files.readAllBytes(file);
    Files.delete(file);
    assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
    try (ServerCalls server =
        ServerCalls.start(
            ModelServer.builder()
                .model("m", folder)
                .model("other", ServerCalls.folder("row-lstm")))) {
      try {
        ServerCalls.await(() -> server.metric("pixelrnn_model_version{model=\"other\"") == 1);
        ServerCalls.Reply refused = server.post("/v1/models/m:sample", "{}");
        assertEquals(503, refused.status(), refused.body());
        assertEquals(
            "model m is still loading; try again later", refused.json().get("error").asText());
        StatusRuntimeException unavailable =
            assertThrows(
                StatusRuntimeException.class,
                () ->
                    ImmutableList.copyOf(
                        server
                            .grpc()
                            .sample(SampleImagesRequest.newBuilder().setModel("m").build())));
        assertEquals(Status.Code.UNAVAILABLE, unavailable.getStatus().getCode());
        String image = "\"AAAAAAAAAAAA\"";
        String body = "{\"images\": " + image + ", \"known\": " + image + "}";
        assertEquals(503, server.post("/v1/models/m:complete", body).status());
        assertEquals(
            503, server.post("/v1/models/m:logProb", "{\"images\": " + image + "}").status());
        assertEquals(503, server.post("/v1/models/m:predict", "{\"inputs\": []}").status());
        assertEquals(503, server.get("/v1/models/m/metadata").status());
        assertTrue(server.get("/v1/models/m").body().contains("\"LOADING\""));
        assertEquals("LOADING", state(server));
        assertEquals(503, server.get("/healthz?ready").status());
        assertEquals(200, server.get("/healthz").status());
        assertEquals(HealthCheckResponse.ServingStatus.NOT_SERVING, health(server, ""));
        assertEquals(HealthCheckResponse.ServingStatus.NOT_SERVING, health(server, "m"));
        ServerCalls.await(
            () -> health(server, "other") == HealthCheckResponse.ServingStatus.SERVING);
        assertEquals(200, server.post("/v1/models/other:sample", "{}").status());
      } finally {
        Files.write(file, content);
      }
      ServerCalls.await(() -> server.get("/healthz?ready").status() == 200);
      assertEquals(200, server.post("/v1/models/m:sample", "{}").status());
      assertEquals("READY", state(server));
      ServerCalls.await(() -> health(server, "") == HealthCheckResponse.ServingStatus.SERVING);
      assertEquals(HealthCheckResponse.ServingStatus.SERVING, health(server, "m"));
    }
  }

  private static String state(ServerCalls server) {
    return server.get("/v1/models").json().get("models").get(0).get("state").asText();
  }

  private static HealthCheckResponse.ServingStatus health(ServerCalls server, String model) {
    return GrpcClients.newClient(
            "gproto+h2c://127.0.0.1:" + server.port(), HealthGrpc.HealthBlockingStub.class)
        .check(HealthCheckRequest.newBuilder().setService(model).build())
        .getStatus();
  }
}
