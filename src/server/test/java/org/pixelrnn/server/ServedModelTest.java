package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a model does each time it looks at its folder. */
class ServedModelTest {
  @TempDir private Path folder;

  private ServedModel model;

  private ServedModel withVersionOne() {
    ServerCalls.copy("row-lstm", folder.resolve("1"));
    model = new ServedModel("m", folder, ImmutableIntArray.of(), Runnable::run);
    return model;
  }

  @AfterEach
  void close() {
    model.close();
  }

  private long version() {
    return model.current().orElseThrow().number();
  }

  @Test
  void aVersionIsLoadedWhenItIsCopiedToItsEnd() throws IOException {
    withVersionOne().refresh();
    assertEquals(1, version());
    ServerCalls.copy("row-lstm", folder.resolve("2"));
    Path last = folder.resolve("2/assets.extra/more");
    for (int i = 0; i < 3; i++) {
      Files.writeString(last, "more".repeat(i + 1));
      model.refresh();
      assertEquals(1, version(), "it changed since the look before");
    }
    model.refresh();
    assertEquals(2, version());
  }

  @Test
  void aBrokenVersionIsTriedOnceUntilItChanges() throws IOException {
    withVersionOne().refresh();
    Path file = Files.createDirectories(folder.resolve("2")).resolve("saved_model.pb");
    Files.writeString(file, "no model");
    model.refresh();
    model.refresh();
    String error = model.error().orElseThrow();
    model.refresh();
    assertSame(error, model.error().orElseThrow());
    assertEquals(1, version());
    ServerCalls.copy("row-lstm", folder.resolve("3"));
    model.refresh();
    model.refresh();
    assertEquals(3, version());
    assertTrue(model.error().isEmpty());
  }

  @Test
  void aBrokenVersionThatIsTakenAwayIsForgotten() throws IOException {
    withVersionOne().refresh();
    Path file = Files.createDirectories(folder.resolve("2")).resolve("saved_model.pb");
    Files.writeString(file, "no model");
    model.refresh();
    model.refresh();
    assertTrue(model.error().isPresent());
    Path away = Files.move(folder.resolve("2"), folder.resolve("away"));
    model.refresh();
    assertTrue(model.error().isEmpty());
    assertEquals(1, model.newest());
    Files.move(away, folder.resolve("2"));
    model.refresh();
    model.refresh();
    assertTrue(model.error().isPresent(), "it is tried again");
  }

  /** The warm-up calls each signature, so that a fault is found before a client finds it. */
  @ParameterizedTest
  @ValueSource(strings = {"sample", "complete", "next_row_with_noise", "log_prob"})
  void aVersionWhoseSignatureFailsIsNotUsed(String name) {
    withVersionOne();
    ServerCalls.edit(
        folder.resolve("1"),
        graph ->
            graph.putSignatureDef(
                name, graph.getSignatureDefOrThrow(name).toBuilder().clearInputs().build()));
    model.refresh();
    assertTrue(model.current().isEmpty());
    assertFalse(model.health().isHealthy());
    String error = model.error().orElseThrow();
    assertTrue(error.contains("`" + name + "` fails"), error);
  }
}
