package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.service.v1.SampleImagesRequest;
import org.pixelrnn.sampler.NotAModelException;
import org.tensorflow.proto.SignatureDef;

/** Versions, limits, tokens, and clients that go away. */
@SuppressWarnings("try") // The engine is held as long as the variable lives; nobody calls it.
class ModelServerTest {
  @TempDir private Path folder;

  private static ModelServer.Builder rowLstm() {
    return ModelServer.builder().model("m", ServerCalls.folder("row-lstm"));
  }

  private static RequestLimits limits(int running, int waiting, Duration time) {
    return new RequestLimits(1000, 2000, running, waiting, time);
  }

  private static int version(ServerCalls server) {
    return server.get("/v1/models").json().get("models").get(0).path("version").asInt();
  }

  @Test
  void aNewVersionTakesOverAndABrokenOneDoesNot() throws IOException {
    ServerCalls.copy("row-lstm", folder.resolve("1"));
    try (ServerCalls server = ServerCalls.startReady(ModelServer.builder().model("m", folder))) {
      assertEquals(1, version(server));
      ServerCalls.copy("pixelcnn", folder.resolve("2"));
      ServerCalls.await(() -> version(server) == 2);
      assertEquals(200, server.post("/v1/models/m:sample", "{}").status());
      Files.createDirectories(folder.resolve("3"));
      Files.writeString(folder.resolve("3/saved_model.pb"), "no model");
      ServerCalls.await(() -> server.get("/v1/models").json().get("models").get(0).has("error"));
      assertEquals(2, version(server));
      assertEquals(200, server.post("/v1/models/m:sample", "{}").status());
      ServerCalls.copy("row-lstm", folder.resolve("4"));
      ServerCalls.await(() -> version(server) == 4);
    }
  }

  @Test
  void aModelThatIsNotReadyIsRefused() throws IOException {
    Files.writeString(Files.createDirectories(folder.resolve("1")).resolve("saved_model.pb"), "x");
    try (ServerCalls server = ServerCalls.start(ModelServer.builder().model("m", folder))) {
      assertEquals(503, server.post("/v1/models/m:sample", "{}").status());
      assertEquals(200, server.get("/healthz").status());
      assertEquals(503, server.get("/healthz?ready").status());
    }
  }

  @Test
  void requestsOverALimitAreRefused() throws IOException {
    try (ServerCalls server =
        ServerCalls.startReady(rowLstm().limits(limits(1, 9, Duration.ofSeconds(30))))) {
      ServerCalls.Reply tooLong = server.post("/v1/models/m:sample", " ".repeat(3000) + "{}");
      assertEquals(413, tooLong.status(), tooLong.body());
      assertTrue(tooLong.json().has("error"));
      ServerCalls.Reply tooMany = server.post("/v1/models/m:sample", "{\"count\": 1001}");
      assertEquals(400, tooMany.status());
      // The length is not known before the body is there.
      try (RawClient client = new RawClient(server.port(), 0)) {
        client.send(
            "POST /v1/models/m:sample HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.send("BB8\r\n" + " ".repeat(3000) + "\r\n");
        String answer = client.readTo("}");
        assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
        assertTrue(answer.endsWith("expected at most 2000 bytes\"}"), answer);
      }
    }
  }

  /** The test frees the model while it is served. */
  @Test
  void aModelThatFailsIsAFaultOfTheServer() {
    try (ServerCalls server = ServerCalls.startReady(rowLstm())) {
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
      String why = "fails; the server's log says why";
      String image = Base64.getEncoder().encodeToString(new byte[9]);
      ServerCalls.Reply reply =
          server.post("/v1/models/m:logProb", "{\"images\": \"" + image + "\"}");
      assertEquals(500, reply.status(), reply.body());
      assertTrue(reply.json().get("error").asText().endsWith(why), reply.body());
      StatusRuntimeException failed =
          assertThrows(
              StatusRuntimeException.class,
              () ->
                  ImmutableList.copyOf(
                      server
                          .grpc()
                          .sample(SampleImagesRequest.newBuilder().setModel("m").build())));
      assertEquals(Status.Code.INTERNAL, failed.getStatus().getCode());
      assertTrue(failed.getMessage().endsWith(why), failed.getMessage());
    }
  }

  /** As exported with draw_every_pixel: no state has the name of the small image. */
  @Test
  void bitsOfPixelsWithoutAnExactLikelihoodAreRefused() {
    ServerCalls.copy("multi-scale", folder.resolve("1"));
    ServerCalls.edit(
        folder.resolve("1"),
        graph ->
            graph
                .getSignatureDefMap()
                .forEach(
                    (name, signature) ->
                        graph.putSignatureDef(name, withoutSmallState(signature))));
    try (ServerCalls server = ServerCalls.startReady(ModelServer.builder().model("m", folder))) {
      String image = "{\"images\": \"" + Base64.getEncoder().encodeToString(new byte[16]) + "\"";
      ServerCalls.Reply refused =
          server.post("/v1/models/m:logProb", image + ", \"pixels\": true}");
      assertEquals(400, refused.status(), refused.body());
      assertTrue(refused.body().contains("(draw_every_pixel)"), refused.body());
      assertEquals(200, server.post("/v1/models/m:logProb", image + "}").status());
    }
  }

  private static SignatureDef withoutSmallState(SignatureDef signature) {
    SignatureDef.Builder renamed = signature.toBuilder();
    if (signature.containsInputs("state_small")) {
      renamed.putInputs("state_other", signature.getInputsOrThrow("state_small"));
    }
    if (signature.containsOutputs("state_small")) {
      renamed.putOutputs("state_other", signature.getOutputsOrThrow("state_small"));
    }
    return renamed.removeInputs("state_small").removeOutputs("state_small").build();
  }

  @Test
  void aRequestThatIsOutOfTimeSaysSo() {
    try (ServerCalls server =
            ServerCalls.startReady(rowLstm().limits(limits(1, 9, Duration.ofMillis(1))));
        // Otherwise the model may be done before the server looks at the time.
        HeldEngine held = new HeldEngine(server.engine("m")).begun()) {
      ServerCalls.Reply reply = server.post("/v1/models/m:sample", "{\"count\": 1000}");
      String last = reply.body().lines().reduce("", (before, line) -> line);
      assertTrue(last.contains("took too long"), reply.status() + last);
      assertTrue(reply.status() == 504 || reply.status() == 200, reply.body());
    }
  }

  @Test
  void aTokenIsAskedForExceptByHealthChecks() {
    try (ServerCalls server = ServerCalls.startReady(rowLstm().token("secret"))) {
      assertEquals(200, server.get("/healthz?ready").status());
      ServerCalls.Reply without = server.post("/v1/models/m:sample", "{}");
      assertEquals(401, without.status());
      assertTrue(without.json().has("error"));
      assertEquals(
          401, server.post("/v1/models/m:sample", "{}", "authorization", "Bearer wrong").status());
      assertEquals(
          200, server.post("/v1/models/m:sample", "{}", "authorization", "Bearer secret").status());
    }
  }

  /** A client that goes away in the middle ends its request, and its place is free again. */
  @Test
  void aClientThatGoesAwayStopsTheSampling() throws IOException {
    try (ServerCalls server =
        ServerCalls.startReady(rowLstm().limits(limits(1, 9, Duration.ofSeconds(30))))) {
      String body = "{\"count\": 1000}";
      for (int i = 0; i < 5; i++) {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
          client
              .getOutputStream()
              .write(
                  ("POST /v1/models/m:sample HTTP/1.1\r\nHost: x\r\nContent-Length: "
                          + body.length()
                          + "\r\n\r\n"
                          + body)
                      .getBytes(StandardCharsets.US_ASCII));
          assertEquals('H', client.getInputStream().read());
        }
      }
      assertEquals(200, server.post("/v1/models/m:sample", "{}").status());
      ServerCalls.await(() -> server.metric("pixelrnn_requests_running") == 0);
    }
  }

  @Test
  void whatCannotBeServedIsRefusedAtOnce() {
    assertThrows(InputException.class, () -> ModelServer.builder().start());
    assertThrows(
        NotAModelException.class,
        () -> ModelServer.builder().port(0).model("m", folder.resolve("none")).start());
    assertThrows(InputException.class, () -> rowLstm().model("m", folder));
    assertThrows(InputException.class, () -> rowLstm().model("a/b", folder));
    for (String token : new String[] {"", " ", "a b", "a\nb", "\u00e4"}) {
      assertThrows(InputException.class, () -> rowLstm().token(token), token);
    }
    Duration endless = Duration.ofMillis(Long.MAX_VALUE);
    assertThrows(InputException.class, () -> limits(1, 1, endless));
    try (ServerCalls server = ServerCalls.start(rowLstm())) {
      InputException taken =
          assertThrows(InputException.class, () -> rowLstm().port(server.port()).start());
      assertTrue(taken.getMessage().contains(":" + server.port()), taken.getMessage());
    }
    InputException tls =
        assertThrows(
            InputException.class,
            () -> rowLstm().port(0).tls(folder.resolve("c"), folder.resolve("k")).start());
    assertEquals(1, tls.getMessage().lines().count(), tls.getMessage());
  }
}
