package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server that is told to stop while it answers. */
@SuppressWarnings("try") // The engine is held as long as the variable lives; nobody calls it.
@Tag("slow")
class StoppingServerTest {
  private static ServerCalls start() {
    return ServerCalls.startReady(ModelServer.builder().model("m", ServerCalls.folder("row-lstm")));
  }

  @Test
  void runningRequestsEndAndNewOnesAreRefused() throws Exception {
    try (ServerCalls server = start()) {
      CompletableFuture<ServerCalls.Reply> running;
      CompletableFuture<Void> stopped;
      try (HeldEngine held = new HeldEngine(server.engine("m")).begun()) {
        running = CompletableFuture.supplyAsync(() -> server.post("/v1/models/m:sample", "{}"));
        ServerCalls.await(() -> server.metric("pixelrnn_requests_running") == 1);
        stopped = CompletableFuture.runAsync(server::close);
        ServerCalls.await(() -> server.post("/v1/models/m:sample", "{").status() == 503);
        assertEquals(
            "the server is stopping",
            server.post("/v1/models/m:sample", "{}").json().get("error").asText());
        assertFalse(running.isDone());
        assertFalse(stopped.isDone());
      }
      String body = running.get(30, TimeUnit.SECONDS).body();
      assertTrue(body.endsWith("{\"done\":true}\n"), body);
      stopped.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void whoWatchesTheHealthIsTold() throws Exception {
    BlockingQueue<ServingStatus> seen = new LinkedBlockingQueue<>();
    CompletableFuture<ClientCallStreamObserver<HealthCheckRequest>> call =
        new CompletableFuture<>();
    try (ServerCalls server = start()) {
      GrpcClients.newClient("gproto+h2c://127.0.0.1:" + server.port(), HealthGrpc.HealthStub.class)
          .watch(
              HealthCheckRequest.getDefaultInstance(),
              new ClientResponseObserver<HealthCheckRequest, HealthCheckResponse>() {
                @Override
                public void beforeStart(ClientCallStreamObserver<HealthCheckRequest> started) {
                  call.complete(started);
                }

                @Override
                public void onNext(HealthCheckResponse answer) {
                  seen.add(answer.getStatus());
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onCompleted() {}
              });
      while (seen.poll(30, TimeUnit.SECONDS) != ServingStatus.SERVING) {}
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::close);
      assertEquals(ServingStatus.NOT_SERVING, seen.poll(30, TimeUnit.SECONDS));
      call.join().cancel("seen", null);
      stopped.get(30, TimeUnit.SECONDS);
    }
  }
}
