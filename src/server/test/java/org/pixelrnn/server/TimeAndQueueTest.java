package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.proto.service.serving.PredictionServiceGrpc.PredictionServiceBlockingStub;
import org.pixelrnn.proto.service.v1.ImageModelsGrpc;
import org.pixelrnn.proto.service.v1.ListModelsRequest;
import org.pixelrnn.proto.service.v1.LogProbRequest;
import org.pixelrnn.proto.service.v1.SampleImagesRequest;
import org.pixelrnn.proto.service.v1.SampleImagesResponse;
import org.pixelrnn.proto.serving.PredictRequest;
import org.pixelrnn.sampler.Sampler;

/** Requests that take too long, that wait, and that nobody wants any more. */
@SuppressWarnings("try") // The engine is held as long as the variable lives; nobody calls it.
class TimeAndQueueTest {
  private static final String SAMPLE = "/v1/models/m:sample";
  private static final SampleImagesRequest ONE =
      SampleImagesRequest.newBuilder().setModel("m").build();

  @TempDir private Path folder;

  private static ServerCalls start(int running, int waiting, Duration time) {
    return ServerCalls.startReady(
        ModelServer.builder()
            .model("m", ServerCalls.folder("row-lstm"))
            .limits(new RequestLimits(1000, 1 << 20, running, waiting, time)));
  }

  private static Status.Code refusal(Supplier<?> call) {
    return assertThrows(StatusRuntimeException.class, call::get).getStatus().getCode();
  }

  private static List<SampleImagesResponse> all(Iterator<SampleImagesResponse> stream) {
    return ImmutableList.copyOf(stream);
  }

  @Test
  void anAnswerThatIsNotBegunInTimeIsATimeout() {
    try (ServerCalls server = start(1, 9, Duration.ofMillis(300));
        HeldEngine held = new HeldEngine(server.engine("m")).begun()) {
      byte[] image = new byte[9];
      ServerCalls.Reply reply =
          server.post(
              "/v1/models/m:logProb",
              "{\"images\": \"" + Base64.getEncoder().encodeToString(image) + "\"}");
      assertEquals(504, reply.status(), reply.body());
      assertTrue(reply.json().get("error").asText().contains("took too long"), reply.body());
      LogProbRequest scored =
          LogProbRequest.newBuilder().setModel("m").setImages(ByteString.copyFrom(image)).build();
      assertEquals(Status.Code.DEADLINE_EXCEEDED, refusal(() -> server.grpc().logProb(scored)));
      assertEquals(Status.Code.DEADLINE_EXCEEDED, refusal(() -> all(server.grpc().sample(ONE))));
      assertEquals(0, server.metric("pixelrnn_requests_running"));
    }
  }

  @Test
  @Tag("slow")
  void aStreamThatIsBegunEndsWithAnError() {
    // Long enough for the stream to begin within it.
    try (ServerCalls server = start(1, 9, Duration.ofSeconds(3));
        HeldEngine held = new HeldEngine(server.engine("m")).begun()) {
      ServerCalls.Reply reply = server.post(SAMPLE, "{}");
      assertEquals(200, reply.status());
      assertEquals(2, reply.lines().size(), reply.body());
      assertEquals(1, reply.lines().get(0).get("count").asInt());
      assertTrue(reply.lines().get(1).get("error").asText().contains("took too long"));
    }
  }

  @Test
  void aFullQueueRefusesAtOnceAndAWaitingRequestIsAnswered() throws Exception {
    try (ServerCalls server = start(1, 1, Duration.ofSeconds(30))) {
      CompletableFuture<ServerCalls.Reply> first;
      CompletableFuture<ServerCalls.Reply> second;
      try (HeldEngine held = new HeldEngine(server.engine("m")).begun()) {
        first = CompletableFuture.supplyAsync(() -> server.post(SAMPLE, "{}"));
        ServerCalls.await(() -> server.metric("pixelrnn_requests_running") == 1);
        second = CompletableFuture.supplyAsync(() -> server.post(SAMPLE, "{}"));
        ServerCalls.await(() -> server.metric("pixelrnn_requests_waiting") == 1);
        ServerCalls.Reply third = server.post(SAMPLE, "{}");
        assertEquals(429, third.status(), third.body());
        assertTrue(third.json().get("error").asText().contains("try again"), third.body());
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, refusal(() -> all(server.grpc().sample(ONE))));
        assertEquals(429, server.post("/v1/models/m:predict", "{}").status());
        PredictionServiceBlockingStub predictions =
            GrpcClients.newClient(
                "gproto+h2c://127.0.0.1:" + server.port(), PredictionServiceBlockingStub.class);
        assertEquals(
            Status.Code.RESOURCE_EXHAUSTED,
            refusal(() -> predictions.predict(PredictRequest.getDefaultInstance())));
        assertEquals(200, server.get("/healthz").status());
        assertThrows(TimeoutException.class, () -> second.get(50, TimeUnit.MILLISECONDS));
      }
      for (CompletableFuture<ServerCalls.Reply> reply : List.of(first, second)) {
        assertTrue(reply.get(30, TimeUnit.SECONDS).body().endsWith("{\"done\":true}\n"));
      }
      for (int i = 0; i < 3; i++) {
        // As many again: nobody keeps a place.
        ServerCalls.await(() -> server.post(SAMPLE, "{}").status() == 200);
      }
    }
  }

  /** One row is sampled, the client goes away, and no second row is. */
  @Test
  @Tag("slow")
  void aClientThatGoesAwayStopsTheSamplingWithinARow() throws Exception {
    try (ServerCalls server = start(1, 9, Duration.ofSeconds(30))) {
      try (HeldEngine first = new HeldEngine(server.engine("m")).begun();
          RawClient client = RawClient.post(server.port(), SAMPLE, "{\"count\": 9}")) {
        client.readTo("\"seed\":");
        try (HeldEngine second = new HeldEngine(server.engine("m"))) {
          first.close();
          client.readTo("{\"row\":0");
          client.close();
          ServerCalls.await(() -> server.metric("pixelrnn_requests_running") == 0);
        }
      }
      assertNoMoreRows(server);
    }
  }

  @Test
  void aCallThatIsCancelledStopsTheSamplingWithinARow() throws Exception {
    goAwayOverGrpc(Duration.ofSeconds(60), call -> call.cancel("enough", null));
  }

  @Test
  @Tag("slow")
  void aCallWhoseDeadlinePassesStopsTheSamplingWithinARow() throws Exception {
    goAwayOverGrpc(Duration.ofSeconds(6), call -> {});
  }

  /** One row is sampled, the call ends, and no second row is sampled. */
  private static void goAwayOverGrpc(
      Duration deadline, Consumer<ClientCall<SampleImagesRequest, SampleImagesResponse>> end)
      throws Exception {
    try (ServerCalls server = start(1, 9, Duration.ofSeconds(30))) {
      // The first call of a process takes long, and the deadline is short.
      assertEquals(
          1, server.grpc().listModels(ListModelsRequest.getDefaultInstance()).getModelsCount());
      try (HeldEngine first = new HeldEngine(server.engine("m")).begun()) {
        ClientCall<SampleImagesRequest, SampleImagesResponse> call =
            server
                .grpc()
                .getChannel()
                .newCall(
                    ImageModelsGrpc.getSampleMethod(),
                    CallOptions.DEFAULT.withDeadlineAfter(
                        deadline.toMillis(), TimeUnit.MILLISECONDS));
        BlockingQueue<SampleImagesResponse> parts = new LinkedBlockingQueue<>();
        call.start(
            new ClientCall.Listener<>() {
              @Override
              public void onMessage(SampleImagesResponse part) {
                parts.add(part);
              }
            },
            new Metadata());
        call.sendMessage(ONE);
        call.halfClose();
        call.request(100);
        assertTrue(parts.poll(30, TimeUnit.SECONDS).hasHeader());
        try (HeldEngine second = new HeldEngine(server.engine("m"))) {
          first.close();
          assertEquals(0, parts.poll(30, TimeUnit.SECONDS).getRow().getRow());
          end.accept(call);
          ServerCalls.await(() -> server.metric("pixelrnn_requests_running") == 0);
        }
        assertNoMoreRows(server);
        assertEquals(0, parts.size());
      }
    }
  }

  private static void assertNoMoreRows(ServerCalls server) {
    for (int i = 0; i < 3; i++) {
      boolean unused = server.engine("m").call(sampler -> true).join();
    }
    assertEquals(1, server.metric("pixelrnn_rows_total"));
    assertEquals(1, server.metric("pixelrnn_requests_seconds_count{method=\"sample\""));
    assertEquals(200, server.post(SAMPLE, "{}").status());
  }

  @Test
  @Tag("slow")
  void anOldVersionIsClosedWhenItsLastRequestEnds() throws Exception {
    ServerCalls.copy("row-lstm", folder.resolve("1"));
    try (ServerCalls server = ServerCalls.startReady(ModelServer.builder().model("m", folder));
        Sampler sampler = Sampler.open(folder.resolve("1"))) {
      ModelEngine old = server.engine("m");
      CompletableFuture<ServerCalls.Reply> reply;
      try (HeldEngine held = new HeldEngine(old).begun()) {
        reply = CompletableFuture.supplyAsync(() -> server.post(SAMPLE, "{\"seed\": 3}"));
        ServerCalls.await(() -> server.metric("pixelrnn_requests_running") == 1);
        ServerCalls.copy("pixelcnn", folder.resolve("2"));
        ServerCalls.await(() -> server.metric("pixelrnn_model_version") == 2);
        assertEquals(200, server.post(SAMPLE, "{}").status());
        assertEquals(2, server.post(SAMPLE, "{}").lines().get(0).get("version").asInt());
      }
      var lines = reply.get(30, TimeUnit.SECONDS).lines();
      assertEquals(1, lines.get(0).get("version").asInt());
      int row = sampler.shape().width() * sampler.shape().channels();
      byte[] last = lines.get(lines.size() - 2).get("values").binaryValue();
      byte[] image = sampler.sample(1, 3, 1).levels();
      assertArrayEquals(Arrays.copyOfRange(image, image.length - row, image.length), last);
      ServerCalls.await(() -> isClosed(old));
    }
  }

  private static boolean isClosed(ModelEngine engine) {
    try {
      return !engine.call(sampler -> true).join();
    } catch (CompletionException e) {
      return e.getCause() instanceof RefusedRequest;
    }
  }
}
