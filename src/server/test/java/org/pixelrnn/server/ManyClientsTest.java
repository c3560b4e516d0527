package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.sampler.SampleRequest;
import org.pixelrnn.sampler.Sampler;

/** Many clients at once, over real sockets. */
class ManyClientsTest {
  private static final int CLIENTS = 12;
  private static final int REQUESTS = 40;

  /** A request, the path of its method, and its body. */
  private record Call(SampleRequest request, String method, String body) {}

  private static Call call(ImageShape shape, Random random) {
    int count = 1 + random.nextInt(5);
    long seed = random.nextLong();
    float temperature = random.nextInt(4) * 0.5f;
    String numbers = "\"seed\": " + seed + ", \"temperature\": " + temperature;
    if (random.nextBoolean()) {
      return new Call(
          SampleRequest.of(count, seed).withTemperature(temperature),
          "sample",
          "{\"count\": " + count + ", " + numbers + "}");
    }
    byte[] levels = new byte[count * shape.dimensions()];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) random.nextInt(shape.levels());
    }
    boolean[] known = new boolean[count * shape.pixels()];
    byte[] mask = new byte[known.length];
    for (int i = 0; i < known.length; i++) {
      known[i] = random.nextInt(3) == 0;
      mask[i] = (byte) (known[i] ? 1 : 0);
    }
    Base64.Encoder base64 = Base64.getEncoder();
    return new Call(
        SampleRequest.completing(Images.of(shape, levels), known, seed)
            .withTemperature(temperature),
        "complete",
        "{\"images\": \"%s\", \"known\": \"%s\", %s}"
            .formatted(base64.encodeToString(levels), base64.encodeToString(mask), numbers));
  }

  @ParameterizedTest
  @Tag("slow")
  @ValueSource(strings = {"row-lstm", "diagonal-bilstm-colour", "multi-scale-colour"})
  void everyRequestGetsTheImagesThatItsSeedGivesAlone(String model)
      throws IOException, InterruptedException, ExecutionException {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    Random random = new Random(24);
    try (ServerCalls server =
            ServerCalls.startReady(ModelServer.builder().model("m", ServerCalls.folder(model)));
        Sampler sampler = Sampler.open(ServerCalls.folder(model))) {
      assertTrue(sampler.batchesRows());
      List<Call> calls = new ArrayList<>();
      List<Future<ServerCalls.Reply>> replies = new ArrayList<>();
      for (int i = 0; i < REQUESTS; i++) {
        Call call = call(sampler.shape(), random);
        calls.add(call);
        replies.add(
            clients.submit(() -> server.post("/v1/models/m:" + call.method(), call.body())));
      }
      for (int i = 0; i < REQUESTS; i++) {
        SampleRequest request = calls.get(i).request();
        assertArrayEquals(
            sampler.sample(request).levels(),
            ServerCalls.images(replies.get(i).get(), sampler, request.count()),
            request.toString());
      }
    } finally {
      clients.shutdownNow();
    }
  }
}
