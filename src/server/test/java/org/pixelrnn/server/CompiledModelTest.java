package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.InputException;

/** A server whose models are compiled for some numbers of images. */
class CompiledModelTest {
  @Test
  @Tag("slow")
  void givesTheSameImages() {
    try (ServerCalls plain = start();
        ServerCalls compiled = start(1, 2)) {
      for (int count = 1; count <= 3; count++) {
        for (int seed = 0; seed < 5; seed++) {
          String body = "{\"count\": " + count + ", \"seed\": " + seed + "}";
          ServerCalls.Reply expected = plain.post("/v1/models/m:sample", body);
          assertEquals(200, expected.status(), expected.body());
          assertEquals(expected.body(), compiled.post("/v1/models/m:sample", body).body());
        }
      }
    }
  }

  private static ServerCalls start(int... compiledFor) {
    return ServerCalls.startReady(
        ModelServer.builder().model("m", ServerCalls.folder("row-lstm")).compileFor(compiledFor));
  }

  @Test
  void moreImagesThanAreSampledTogetherAreRefused() {
    ModelServer.Builder builder =
        ModelServer.builder().model("m", ServerCalls.folder("row-lstm")).compileFor(1, 65);
    assertEquals(
        "compile for 65 images; expected at most 64, as many as are sampled together",
        assertThrows(InputException.class, builder::start).getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void aNumberOfImagesIsPositive(int count) {
    ModelServer.Builder builder = ModelServer.builder();
    assertEquals(
        "compile for " + count + " images; expected at least 1",
        assertThrows(InputException.class, () -> builder.compileFor(1, count)).getMessage());
  }
}
