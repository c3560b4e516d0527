package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Clients that send or read slowly, or not at all, hold up nobody else. The soak test has 10,000 of
 * them:
 *
 * <pre>
 * mvn -pl src/server -am test -Dtest=SlowClientsTest -Dtest.groups=soak -Dtest.excludedGroups= \
 *     -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
class SlowClientsTest {
  private static final String SAMPLE = "/v1/models/m:sample";

  private static ServerCalls start() {
    return ServerCalls.startReady(
        ModelServer.builder()
            .model("m", ServerCalls.folder("row-lstm"))
            .limits(new RequestLimits(1_000_000, 1 << 20, 8, 8, Duration.ofSeconds(30))));
  }

  @Test
  void manyIdleConnections() throws IOException {
    idle(500);
  }

  @Test
  @Tag("soak")
  @EnabledOnOs(OS.LINUX)
  void tenThousandIdleConnections() throws IOException {
    // Each has a file descriptor at both ends, and both are in this process.
    int limit = (int) ProcessFacts.mostFiles();
    assertTrue(limit > 20_500, "ulimit -n is " + limit + "; this test needs 20,500");
    idle(10_000);
  }

  /** A third says nothing, a third sends half of the headers, a third half of a body. */
  private static void idle(int count) throws IOException {
    List<RawClient> clients = new ArrayList<>();
    try (ServerCalls server = start()) {
      long before = ProcessFacts.usedHeap();
      for (int i = 0; i < count; i++) {
        RawClient client = new RawClient(server.port(), 0);
        clients.add(client);
        if (i % 3 == 1) {
          client.send("POST " + SAMPLE + " HTTP/1.1\r\nHost: x\r\nContent-");
        } else if (i % 100 == 2) {
          client.send(RawClient.head(SAMPLE, 10) + "{");
        }
      }
      for (int i = 0; i < 20; i++) {
        assertEquals(200, server.get("/healthz?ready").status());
      }
      long each = (ProcessFacts.usedHeap() - before) / count;
      assertTrue(each < 50_000, each + " bytes of memory for each connection");
      for (RawClient client : clients) {
        client.close();
      }
      ServerCalls.await(() -> server.post(SAMPLE, "{}").status() == 200);
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
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

  /** The client's answer has megabytes. It reads a byte now and then; nothing piles up for it. */
  @Test
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
}
