package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.pixelrnn.proto.service.v1.ImageModelsGrpc;
import org.pixelrnn.proto.service.v1.SampleImagesRequest;
import org.pixelrnn.proto.service.v1.SampleImagesResponse;

/**
 * Clients that send or read slowly, or not at all, hold up nobody else. The soak test has 10,000 of
 * them:
 *
 * <pre>
 * mvn -pl src/server -am test -Dtest=SlowClientsTest -Dtest.groups=soak -Dtest.excludedGroups= \
 *     -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
@SuppressWarnings("try") // The clients are idle; nobody calls them.
class SlowClientsTest {
  private static final String SAMPLE = "/v1/models/m:sample";

  private static ServerCalls start() {
    return ServerCalls.startReady(
        ModelServer.builder()
            .model("m", ServerCalls.folder("row-lstm"))
            .idleTime(Duration.ofMinutes(1))
            .limits(new RequestLimits(1_000_000, 1 << 20, 8, 8, Duration.ofMinutes(5))));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void manyIdleConnections() throws IOException {
    idle(500);
  }

  @Test
  @Tag("soak")
  @EnabledOnOs(OS.LINUX)
  void tenThousandIdleConnections() throws IOException {
    int limit = (int) ProcessFacts.mostFiles();
    assertTrue(limit > 10_500, "ulimit -n is " + limit + "; this test needs 10,500");
    idle(10_000);
  }

  private static void idle(int count) throws IOException {
    try (ServerCalls server = start()) {
      long before = ProcessFacts.usedHeap();
      long files = ProcessFacts.openFiles();
      try (IdleClients clients = new IdleClients(server.port(), count)) {
        ServerCalls.await(() -> ProcessFacts.openFiles() >= files + count);
        for (int i = 0; i < 20; i++) {
          assertEquals(200, server.get("/healthz?ready").status());
        }
        long each = (ProcessFacts.usedHeap() - before) / count;
        assertTrue(each < 50_000, each + " bytes of memory for each connection");
      }
      ServerCalls.await(() -> server.post(SAMPLE, "{}").status() == 200);
      ServerCalls.await(() -> ProcessFacts.openFiles() <= files + 10);
    }
  }

  @Test
  void headersThatArriveByteByByteAreRead() throws IOException {
    try (ServerCalls server = start();
        RawClient client = new RawClient(server.port(), 0)) {
      for (char c : (RawClient.head(SAMPLE, 2) + "{}").toCharArray()) {
        client.send("" + c);
      }
      assertTrue(client.readTo("{\"done\":true}").startsWith("HTTP/1.1 200 OK"));
    }
  }

  /** Single bytes do not keep a connection open; only a whole request does. */
  @Test
  @Tag("slow")
  void headersThatNeverEndAreCutOff() throws Exception {
    try (ServerCalls server =
        ServerCalls.startReady(
            ModelServer.builder()
                .model("m", ServerCalls.folder("row-lstm"))
                .idleTime(Duration.ofMillis(300)))) {
      String endless = "POST " + SAMPLE + " HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(100);
      assertEquals("", trickle(server, endless));
    }
  }

  @Test
  @Tag("slow")
  void aBodyThatNeverEndsIsOutOfTime() throws Exception {
    RequestLimits limits = new RequestLimits(64, 1 << 20, 8, 8, Duration.ofMillis(300));
    try (ServerCalls server =
        ServerCalls.startReady(
            ModelServer.builder().model("m", ServerCalls.folder("row-lstm")).limits(limits))) {
      String answer = trickle(server, RawClient.head(SAMPLE, 200) + " ".repeat(100));
      assertTrue(answer.startsWith("HTTP/1.1 504 "), answer);
      assertTrue(answer.endsWith("took too long; ask for fewer images\"}"), answer);
      ServerCalls.await(() -> server.post(SAMPLE, "{}").status() == 200);
    }
  }

  /** Sends the last 100 bytes slowly, and returns what the server answers before it has them. */
  private static String trickle(ServerCalls server, String text) throws Exception {
    try (RawClient client = new RawClient(server.port(), 0)) {
      CompletableFuture<String> answer =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return client.readTo("}");
                } catch (IOException e) {
                  return ""; // The server has hung up.
                }
              });
      int sent = text.length() - 100;
      client.send(text.substring(0, sent));
      while (!answer.isDone()) {
        assertTrue(sent < text.length(), "the server waits for the whole text");
        try {
          client.send(text.substring(sent, ++sent));
        } catch (IOException e) {
          break; // The server has hung up.
        }
        Thread.sleep(50);
      }
      return answer.get(10, TimeUnit.SECONDS);
    }
  }

  /** The client's answer has megabytes. It reads a byte now and then; nothing piles up for it. */
  @Test
  @Tag("slow")
  void aSlowReaderIsWaitedFor() throws IOException, InterruptedException {
    try (ServerCalls server = start();
        RawClient slow = new RawClient(server.port(), 2048)) {
      String body = "{\"count\": 1000000}";
      slow.send(RawClient.head(SAMPLE, body.length()) + body);
      assertEquals("H", slow.readTo("H"));
      for (int i = 0; i < 3; i++) {
        Thread.sleep(300);
        slow.readTo("");
        assertEquals(200, server.post(SAMPLE, "{}").status());
      }
      assertEquals(1, server.metric("pixelrnn_requests_running"));
      // The buffers between take one or two of its three rows; the other requests have three each.
      double rows = server.metric("pixelrnn_rows_total") - 3 * 3;
      assertTrue(rows == 1 || rows == 2, rows + " rows");
    }
  }

  /** The client takes the header and nothing more; nothing piles up for it. */
  @Test
  @Tag("slow")
  void aSlowReaderOverGrpcIsWaitedFor() throws InterruptedException {
    try (ServerCalls server = start()) {
      ClientCall<SampleImagesRequest, SampleImagesResponse> slow =
          server
              .grpc()
              .getChannel()
              .newCall(
                  ImageModelsGrpc.getSampleMethod(),
                  CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.MINUTES));
      CountDownLatch begun = new CountDownLatch(1);
      slow.start(
          new ClientCall.Listener<>() {
            @Override
            public void onMessage(SampleImagesResponse part) {
              begun.countDown();
            }
          },
          new Metadata());
      slow.sendMessage(SampleImagesRequest.newBuilder().setModel("m").setCount(1_000_000).build());
      slow.halfClose();
      slow.request(1);
      assertTrue(begun.await(30, TimeUnit.SECONDS));
      for (int i = 0; i < 3; i++) {
        Thread.sleep(300);
        assertEquals(200, server.post(SAMPLE, "{}").status());
      }
      assertEquals(1, server.metric("pixelrnn_requests_running"));
      double rows = server.metric("pixelrnn_rows_total") - 3 * 3;
      assertTrue(rows == 1 || rows == 2, rows + " rows");
      slow.cancel("enough", null);
    }
  }
}
