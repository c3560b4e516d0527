package org.pixelrnn.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pixelrnn.proto.service.v1.ImageModelsGrpc;
import org.pixelrnn.proto.service.v1.SampleImagesRequest;
import org.pixelrnn.proto.service.v1.SampleImagesResponse;

/** What a server logs, as it appears on standard error. */
@SuppressWarnings("try") // The engine is held as long as the variable lives; nobody calls it.
class ServerLogTest {
  private final PrintStream before = System.err;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  private ServerCalls server;

  @BeforeEach
  void start() {
    server =
        ServerCalls.startReady(ModelServer.builder().model("m", ServerCalls.folder("row-lstm")));
    System.setErr(new PrintStream(written, true, UTF_8));
  }

  @AfterEach
  void stop() {
    System.setErr(before);
    server.close();
  }

  private List<String> lines(String with) {
    return written.toString(UTF_8).lines().filter(line -> line.contains(with)).toList();
  }

  private long posts() {
    return lines(".access ").stream().filter(line -> line.contains(" POST ")).count();
  }

  @Test
  void eachRequestIsOneLine() {
    assertEquals(200, server.post("/v1/models/m:sample", "{}").status());
    // The line of a request may come after its answer.
    ServerCalls.await(() -> lines(".access ").size() == 1);
    assertEquals(400, server.post("/v1/models/m:sample", "{\"count\": 0}").status());
    ServerCalls.await(() -> lines(".access ").size() == 2);
    SampleImagesRequest nobody = SampleImagesRequest.newBuilder().setModel("nobody").build();
    assertThrows(
        StatusRuntimeException.class, () -> ImmutableList.copyOf(server.grpc().sample(nobody)));
    ServerCalls.await(() -> lines(".access ").size() == 3);
    List<String> lines = lines(".access ");
    assertTrue(lines.get(0).contains(" POST /v1/models/m:sample 200 "), lines.get(0));
    assertTrue(lines.get(0).matches(".* [0-9]+ bytes [0-9]+ ms"), lines.get(0));
    assertTrue(lines.get(1).contains(" POST /v1/models/m:sample 400 "), lines.get(1));
    assertTrue(
        lines.get(2).contains(" POST /pixelrnn.v1.ImageModels/Sample 200 grpc-status 5 "),
        lines.get(2));
  }

  /** The test frees the model while it is served. */
  @Test
  void aFaultIsLoggedOnce() {
    boolean freed =
        server
            .engine("m")
            .call(
                sampler -> {
                  sampler.close();
                  return true;
                })
            .join();
    assertTrue(freed);
    assertEquals(500, server.post("/v1/models/m:sample", "{}").status());
    assertEquals(1, lines(" ERROR ").size());
  }

  @Test
  void clientsThatGoAwayAreNoFaults() throws IOException {
    try (HeldEngine held = new HeldEngine(server.engine("m")).begun()) {
      try (RawClient client = RawClient.post(server.port(), "/v1/models/m:sample", "{}")) {
        client.readTo("\"seed\":");
      }
      try (RawClient client = new RawClient(server.port(), 0)) {
        client.send(RawClient.head("/v1/models/m:sample", 100) + "{");
      }
      // The count below is that of the third client.
      ServerCalls.await(() -> posts() == 2 && server.metric("pixelrnn_requests_running") == 0);
      ClientCall<SampleImagesRequest, SampleImagesResponse> call =
          server
              .grpc()
              .getChannel()
              .newCall(ImageModelsGrpc.getSampleMethod(), CallOptions.DEFAULT);
      call.start(new ClientCall.Listener<>() {}, new Metadata());
      call.sendMessage(SampleImagesRequest.newBuilder().setModel("m").build());
      call.halfClose();
      ServerCalls.await(() -> server.metric("pixelrnn_requests_running") == 1);
      call.cancel("enough", null);
      ServerCalls.await(() -> posts() == 3);
    }
    assertEquals(List.of(), lines(" ERROR "));
  }
}
