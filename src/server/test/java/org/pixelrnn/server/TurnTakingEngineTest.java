package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.sampler.Sampler;

/** A model that was exported before {@code next_row_with_noise}: its requests take turns. */
@SuppressWarnings("try") // The test closes some things before their block ends.
class TurnTakingEngineTest {
  private static final String SAMPLE = "/v1/models/m:sample";

  @TempDir private Path folder;

  private ServerCalls start() {
    ServerCalls.copy("row-lstm", folder.resolve("1"));
    ServerCalls.edit(folder.resolve("1"), graph -> graph.removeSignatureDef("next_row_with_noise"));
    return ServerCalls.startReady(ModelServer.builder().model("m", folder));
  }

  @Test
  void everyRequestGetsTheImagesThatItsSeedGivesAlone() throws IOException {
    try (ServerCalls server = start();
        Sampler sampler = Sampler.open(folder.resolve("1"))) {
      assertFalse(sampler.batchesRows());
      List<CompletableFuture<ServerCalls.Reply>> replies = new ArrayList<>();
      for (int seed = 0; seed < 8; seed++) {
        String body = "{\"count\": 2, \"seed\": " + seed + "}";
        replies.add(CompletableFuture.supplyAsync(() -> server.post(SAMPLE, body)));
      }
      for (int seed = 0; seed < 8; seed++) {
        assertArrayEquals(
            sampler.sample(2, seed, 1).levels(),
            ServerCalls.images(replies.get(seed).join(), sampler, 2));
      }
    }
  }

  @Test
  void aClientThatGoesAwayStopsTheSampling() throws IOException {
    try (ServerCalls server = start();
        HeldEngine first = new HeldEngine(server.engine("m")).begun();
        RawClient client = RawClient.post(server.port(), SAMPLE, "{\"count\": 9}")) {
      client.readTo("\"seed\":");
      client.close();
      ServerCalls.await(() -> server.metric("pixelrnn_requests_running") == 0);
      first.close();
      assertEquals(200, server.post(SAMPLE, "{}").status());
      assertEquals(
          1,
          server.metric(
              "pixelrnn_requests_seconds_count{method=\"sample\",model=\"m\","
                  + "outcome=\"cancelled\""));
    }
  }
}
