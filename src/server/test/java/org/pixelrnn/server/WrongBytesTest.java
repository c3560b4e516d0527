package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.Bytes;
import com.google.common.primitives.Ints;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import io.grpc.Status;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Bytes that are no request, over gRPC and HTTP: each has its status, and the service goes on. */
class WrongBytesTest {
  private static ServerCalls server;

  @BeforeAll
  static void start() {
    server =
        ServerCalls.startReady(ModelServer.builder().model("m", ServerCalls.folder("row-lstm")));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void theServiceGoesOn() {
    assertEquals(200, server.post("/v1/models/m:sample", "{}").status());
    ServerCalls.await(() -> server.metric("pixelrnn_requests_running") == 0);
  }

  /** Sends a message whose prefix says that it has {@code length} bytes. */
  private static void assertGrpc(Status.Code code, String why, int length, int... message) {
    byte[] bytes = new byte[message.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) message[i];
    }
    AggregatedHttpResponse answer =
        WebClient.of("h2c://127.0.0.1:" + server.port())
            .execute(
                RequestHeaders.of(
                    HttpMethod.POST,
                    "/pixelrnn.v1.ImageModels/Sample",
                    HttpHeaderNames.CONTENT_TYPE,
                    "application/grpc",
                    HttpHeaderNames.TE,
                    "trailers"),
                Bytes.concat(new byte[1], Ints.toByteArray(length), bytes))
            .aggregate()
            .join();
    String status =
        answer.trailers().get("grpc-status", answer.headers().get("grpc-status", "none"));
    String said =
        answer.trailers().get("grpc-message", answer.headers().get("grpc-message", "none"));
    assertEquals("" + code.value(), status, answer + said);
    assertTrue(said.contains(why), said);
  }

  @Test
  void aMalformedMessageIsWrongInput() {
    assertGrpc(Status.Code.INVALID_ARGUMENT, "protobuf message", 3, 0xff, 0xff, 0xff);
  }

  @Test
  void aMessageThatIsCutShortIsWrongInput() {
    assertGrpc(Status.Code.INVALID_ARGUMENT, "cut short", 100, 10, 1, 'm');
  }

  @Test
  void aPrefixOfOneGigabyteIsTooLong() {
    String why = "the body is too long; expected at most 16777216 bytes";
    assertGrpc(Status.Code.RESOURCE_EXHAUSTED, why, 1 << 30, 10, 1, 'm');
  }

  @Test
  void aBodyOfOneGigabyteIsRefusedBeforeItArrives() throws IOException {
    try (RawClient client = new RawClient(server.port(), 0)) {
      client.send(RawClient.head("/v1/models/m:sample", 1L << 30) + "{");
      String answer = client.readTo("}");
      assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
      assertTrue(answer.endsWith("expected at most 16777216 bytes\"}"), answer);
    }
  }

  /** The client says that 100 bytes come, and hangs up after one. */
  @Test
  void aBodyThatIsCutShortIsForgotten() throws IOException {
    try (RawClient client = new RawClient(server.port(), 0)) {
      client.send(RawClient.head("/v1/models/m:sample", 100) + "{");
      client.endInput();
      String answer = client.readTo("}");
      assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 400 "), answer);
    }
  }

  @Test
  void whatIsNotHttpIsRefused() throws IOException {
    try (RawClient client = new RawClient(server.port(), 0)) {
      client.send("\0\1\2 what is this\r\n\r\n");
      String answer = client.readTo("}");
      assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 400 "), answer);
    }
  }

  @Test
  void headersThatAreTooLongAreRefused() throws IOException {
    try (RawClient client = new RawClient(server.port(), 0)) {
      client.send("GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(100_000) + "\r\n\r\n");
      String answer = client.readTo("}");
      assertTrue(answer.startsWith("HTTP/1.1 4"), answer);
    }
  }
}
