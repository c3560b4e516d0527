package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.export.TinyExports;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.model.TinyNetworks;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/** What cannot be used is refused in one line that says what and where. */
class SamplerInputTest {
  @AutoClose private static final TinySamplers SAMPLERS = new TinySamplers();

  @TempDir private Path folder;

  @Test
  void modelsThatAreNone() throws IOException {
    assertRefused("no such folder", () -> Sampler.open(folder.resolve("missing")));
    assertRefused("no saved_model.pb", () -> Sampler.open(folder));

    Path version = Files.createDirectories(folder.resolve("7"));
    Files.writeString(version.resolve("saved_model.pb"), "not a SavedModel");
    assertRefused("not a SavedModel", () -> Sampler.open(folder));

    Path half = TinyExports.write(folder, TinyNetworks.all().get(0), 1);
    Files.delete(half.resolve("variables").resolve("variables.data-00000-of-00001"));
    assertRefused("not a SavedModel", () -> Sampler.open(half));
  }

  @Test
  void aSignatureThatIsMissing() throws IOException {
    Path version = TinyExports.write(folder, TinyNetworks.all().get(0), 1);
    Path file = version.resolve("saved_model.pb");
    SavedModel.Builder model = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    MetaGraphDef.Builder graph = model.getMetaGraphsBuilder(0);
    graph.removeSignatureDef("next_row");
    Files.write(file, model.build().toByteArray());
    assertRefused("no signature `next_row`", () -> Sampler.open(version));
  }

  @Test
  void provenanceThatIsNone() throws IOException {
    Path version = TinyExports.write(folder, TinyNetworks.all().get(0), 1);
    Files.writeString(version.resolve("assets.extra/pixelrnn.textproto"), "model { height: x }");
    assertRefused("pixelrnn.textproto", () -> Sampler.open(version));
  }

  @Test
  void wishesThatCannotBe() {
    Sampler sampler = SAMPLERS.of(TinyNetworks.all().get(0));
    assertRefused("count = -1", () -> sampler.sample(-1, 1, 1));
    assertRefused("count = -1", () -> sampler.sample(-1, 1, 1, (row, levels) -> {}));
    assertRefused("temperature = -1.0", () -> sampler.sample(1, 1, -1));
    assertRefused("temperature = NaN", () -> sampler.sample(1, 1, Float.NaN));
    assertRefused(
        "temperature = Infinity",
        () -> sampler.sample(1, 1, Float.POSITIVE_INFINITY, (row, levels) -> {}));
    Images other = Images.of(new ImageShape(3, 4, 1, 2), new byte[12]);
    assertRefused("3×4×1", () -> sampler.logProb(other));
    assertRefused("3×4×1", () -> sampler.complete(other, new boolean[12], 1, 1));
    Images images = sampler.sample(2, 1, 1);
    assertRefused("known has 5", () -> sampler.complete(images, new boolean[5], 1, 1));
  }

  private static void assertRefused(String reason, Executable action) {
    String message = assertThrows(InputException.class, action).getMessage();
    assertTrue(message.contains(reason), message);
    assertEquals(1, message.lines().count(), message);
  }
}
