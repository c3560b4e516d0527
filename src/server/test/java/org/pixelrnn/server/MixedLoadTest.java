package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.Flags;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.pixelrnn.proto.service.v1.ImageModelsGrpc.ImageModelsBlockingStub;
import org.pixelrnn.proto.service.v1.LogProbRequest;
import org.pixelrnn.proto.service.v1.SampleImagesRequest;

/**
 * 32 clients for a while, and clients that are killed: no request fails, and the process holds no
 * more afterwards than before. The slow tests take 30 seconds and 20 kills, the soak tests 10
 * minutes and 200 kills:
 *
 * <pre>
 * mvn -pl src/server -am test -Dtest=MixedLoadTest -Dtest.groups=soak -Dtest.excludedGroups= \
 *     -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
@SuppressWarnings("try") // The engine is held as long as the variable lives; nobody calls it.
@EnabledOnOs(OS.LINUX)
class MixedLoadTest {
  private static final int CLIENTS = 32;
  private static final String SAMPLE = "/v1/models/m:sample";

  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong answers = new AtomicLong();

  private static ServerCalls start() {
    return ServerCalls.startReady(
        ModelServer.builder()
            .model("m", ServerCalls.folder("row-lstm"))
            .limits(new RequestLimits(1_000_000, 1 << 20, 64, 256, Duration.ofSeconds(60))));
  }

  @Test
  @Tag("slow")
  void thirtySecondsOfMixedLoad() throws InterruptedException {
    load(Duration.ofSeconds(30));
  }

  @Test
  @Tag("soak")
  void tenMinutesOfMixedLoad() throws InterruptedException {
    load(Duration.ofMinutes(10));
  }

  @Test
  @Tag("slow")
  void twentyKilledClients() throws IOException, InterruptedException {
    kill(20);
  }

  @Test
  @Tag("soak")
  void twoHundredKilledClients() throws IOException, InterruptedException {
    kill(200);
  }

  private void load(Duration time) throws InterruptedException {
    try (ServerCalls server = start()) {
      run(server, time.dividedBy(3));
      fillThePool(server);
      ProcessFacts before = ProcessFacts.now();
      run(server, time.multipliedBy(2).dividedBy(3));
      ServerCalls.await(() -> server.metric("pixelrnn_requests_running") == 0);
      assertNothingIsLeft(before, 8, 64 << 20);
      assertEquals(List.of(), List.copyOf(failures));
      assertTrue(answers.get() > 10 * time.toSeconds(), answers + " answers");
    }
  }

  /** All clients ask one thing after the other. */
  private void run(ServerCalls server, Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    ImageModelsBlockingStub stub =
        GrpcClients.builder("gproto+h2c://127.0.0.1:" + server.port())
            .responseTimeout(Duration.ofSeconds(60))
            .build(ImageModelsBlockingStub.class);
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Random random = new Random(i);
      Thread client =
          new Thread(
              () -> {
                try {
                  while (System.nanoTime() < end && failures.isEmpty()) {
                    ask(server, stub, random);
                    answers.incrementAndGet();
                  }
                } catch (IOException | RuntimeException | AssertionError e) {
                  failures.add(e);
                }
              });
      client.start();
      clients.add(client);
    }
    for (Thread client : clients) {
      client.join();
    }
  }

  private static void ask(ServerCalls server, ImageModelsBlockingStub stub, Random random)
      throws IOException {
    int count = 1 + random.nextInt(16);
    switch (random.nextInt(5)) {
      case 0 -> {
        ServerCalls.Reply reply = server.post(SAMPLE, "{\"count\": " + count + "}");
        assertTrue(reply.body().endsWith("{\"done\":true}\n"), reply.body());
      }
      case 1 -> {
        SampleImagesRequest request =
            SampleImagesRequest.newBuilder().setModel("m").setCount(count).build();
        assertEquals(4, ImmutableList.copyOf(stub.sample(request)).size());
      }
      case 2 -> {
        ByteString images = ByteString.copyFrom(new byte[9 * count]);
        LogProbRequest request =
            LogProbRequest.newBuilder().setModel("m").setImages(images).setPixels(true).build();
        assertEquals(9 * count, stub.logProb(request).getBitsCount());
      }
      case 3 -> assertEquals(400, server.post(SAMPLE, "{\"count\": -1}").status());
      default -> {
        // Goes away in the middle.
        try (RawClient client = RawClient.post(server.port(), SAMPLE, "{\"count\": 1000}")) {
          assertEquals("H", client.readTo("H"));
        }
      }
    }
  }

  /** Each client is a process that is killed in the middle of a stream. */
  private static void kill(int times) throws IOException, InterruptedException {
    try (ServerCalls server = start()) {
      for (int i = 0; i < 5; i++) {
        killOne(server);
      }
      fillThePool(server);
      assertEquals(200, server.post(SAMPLE, "{}").status());
      ProcessFacts before = ProcessFacts.now();
      for (int i = 0; i < times; i++) {
        killOne(server);
      }
      ServerCalls.await(() -> server.metric("pixelrnn_requests_running") == 0);
      assertEquals(200, server.post(SAMPLE, "{}").status());
      assertNothingIsLeft(before, 4, 64 << 20);
      assertEquals(
          times + 5,
          server.metric(
              "pixelrnn_requests_seconds_count{method=\"sample\",model=\"m\","
                  + "outcome=\"cancelled\""));
    }
  }

  /** Armeria's pool makes a thread for each request until it is full. */
  private static void fillThePool(ServerCalls server) {
    for (int i = 0; i <= Flags.numCommonBlockingTaskThreads(); i++) {
      assertEquals(400, server.post(SAMPLE, "{\"count\": -1}").status());
    }
  }

  private static void killOne(ServerCalls server) throws IOException, InterruptedException {
    String body = "{\"count\": 1000}";
    // The client has the first line, and the engine is held: the stream cannot end.
    String client =
        "exec 3<>/dev/tcp/127.0.0.1/%s; printf '%s%s' >&3; read -r line <&3; echo $line; exec sleep 60"
            .formatted(
                server.port(),
                RawClient.head(SAMPLE, body.length()).replace("\r\n", "\\r\\n"),
                body);
    try (HeldEngine held = new HeldEngine(server.engine("m")).begun()) {
      Process process = new ProcessBuilder("bash", "-c", client).start();
      assertTrue(process.inputReader().readLine().startsWith("HTTP/1.1 200"));
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
      ServerCalls.await(() -> server.metric("pixelrnn_requests_running") == 0);
    }
  }

  private static void assertNothingIsLeft(ProcessFacts before, int few, long bytes) {
    ServerCalls.await(() -> ProcessFacts.openFiles() <= before.files() + few);
    ServerCalls.await(() -> ProcessFacts.threadCount() <= before.threads() + few);
    ProcessFacts after = ProcessFacts.now();
    System.out.println("before: " + before + "; after: " + after);
    assertTrue(after.heap() - before.heap() < bytes / 8, before + " and then " + after);
    assertTrue(after.resident() - before.resident() < bytes, before + " and then " + after);
  }
}
