package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.InputException;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;

/** The newest version of a model is found; a folder without a model is refused in one line. */
class ModelFolderTest {
  @TempDir private Path folder;

  @Test
  void theVersionOfTheHighestNumberIsTheNewest() throws IOException {
    for (String name : new String[] {"2", "9", "10", "latest", "11"}) {
      Path version = Files.createDirectories(folder.resolve(name));
      if (!name.equals("11")) {
        Files.createFile(version.resolve("saved_model.pb"));
      }
    }
    assertEquals(folder.resolve("10"), ModelFolder.version(folder));
    assertEquals(folder.resolve("2"), ModelFolder.version(folder.resolve("2")));
  }

  @Test
  void aFolderWithoutAModelIsRefused() throws IOException {
    assertNotAModel("no such folder", folder.resolve("missing"));
    assertNotAModel("no saved_model.pb", folder);

    Path version = Files.createDirectories(folder.resolve("7"));
    Files.writeString(version.resolve("saved_model.pb"), "not a SavedModel");
    assertNotAModel("not a SavedModel that can be loaded (", folder);
  }

  @Test
  void aModelWithoutWeightsIsRefused() throws IOException {
    Path version = TinyModels.copy("pixelcnn", folder);
    Files.delete(version.resolve("variables").resolve("variables.data-00000-of-00001"));
    assertNotAModel("not a SavedModel that can be loaded (", version);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"log_prob", "logits", "sample", "complete", "start", "next_row", "upscale"})
  void aModelWithoutASignatureIsRefused(String signature) throws IOException {
    Path version = TinyModels.copy("multi-scale", folder);
    edit(version, graph -> graph.removeSignatureDef(signature));
    assertNotAModel("no signature `" + signature + "` with the outputs [", version);
  }

  @Test
  void aModelWithoutAnOutputIsRefused() throws IOException {
    Path version = TinyModels.copy("pixelcnn", folder);
    edit(
        version,
        graph -> {
          SignatureDef.Builder signature = graph.getSignatureDefOrThrow("log_prob").toBuilder();
          graph.putSignatureDef("log_prob", signature.removeOutputs("bits_per_dim").build());
        });
    assertNotAModel("no signature `log_prob` with the outputs [bits_per_dim, log_prob]", version);
  }

  @Test
  void logitsOfAnotherRankAreRefused() throws IOException {
    Path version = TinyModels.copy("pixelcnn", folder);
    edit(
        version,
        graph -> {
          SignatureDef.Builder signature = graph.getSignatureDefOrThrow("logits").toBuilder();
          signature.putOutputs("logits", signature.getInputsOrThrow("images"));
          graph.putSignatureDef("logits", signature.build());
        });
    assertNotAModel("expected [-1, height, width, channels, levels]", version);
  }

  @Test
  void damagedProvenanceIsRefused() throws IOException {
    Path version = TinyModels.copy("pixelcnn", folder);
    Path file = ModelFolder.provenanceFile(version);
    assertTrue(ModelFolder.provenance(version).isPresent());
    Files.writeString(file, "model { height: x }");
    String message = assertThrows(InputException.class, () -> Sampler.open(version)).getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    assertTrue(message.endsWith("; expected a Provenance message"), message);
    Files.write(file, new byte[] {(byte) 0xff});
    assertEquals(
        file + ": it is not text (UTF-8); expected a Provenance message",
        assertThrows(InputException.class, () -> Sampler.open(version)).getMessage());
  }

  private static void assertNotAModel(String reason, Path model) {
    String message = assertThrows(NotAModelException.class, () -> Sampler.open(model)).getMessage();
    assertTrue(message.startsWith(model.toString()), message);
    assertTrue(message.contains(reason), message);
    assertEquals(1, message.lines().count(), message);
    assertFalse(message.contains("--") || message.contains("pixelrnn export"), message);
  }

  /** A change to a graph. */
  @FunctionalInterface
  private interface Change {
    void apply(MetaGraphDef.Builder graph);
  }

  private static void edit(Path version, Change change) throws IOException {
    Path file = version.resolve("saved_model.pb");
    SavedModel.Builder model = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    change.apply(model.getMetaGraphsBuilder(0));
    Files.write(file, model.build().toByteArray());
  }
}
