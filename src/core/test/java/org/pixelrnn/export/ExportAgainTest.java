package org.pixelrnn.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.sampler.ModelFolder;
import org.pixelrnn.sampler.NotAModelException;
import org.pixelrnn.sampler.Sampler;

/** Writing an earlier export anew gives the same model. */
class ExportAgainTest {
  @TempDir private Path folder;

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void theNewVersionIsTheSameModel(ModelConfig config) throws Exception {
    Path earlier = TinyExports.write(folder.resolve("earlier"), config, 3);
    Path again = SavedModelExport.again(earlier, folder.resolve("later"));
    assertEquals(folder.resolve("later").resolve("1"), again);
    for (String file :
        new String[] {
          "assets.extra/pixelrnn.textproto",
          "variables/variables.index",
          "variables/variables.data-00000-of-00001"
        }) {
      assertArrayEquals(
          Files.readAllBytes(earlier.resolve(file)), Files.readAllBytes(again.resolve(file)), file);
    }
    try (Sampler before = Sampler.open(earlier);
        Sampler after = Sampler.open(again)) {
      Images images = before.sample(4, 1, 1);
      assertArrayEquals(images.levels(), after.sample(4, 1, 1).levels());
      assertArrayEquals(before.logProb(images), after.logProb(images));
    }
  }

  /** The models that come with the library. */
  static List<Path> shippedModels() throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("savedmodels"))) {
      return entries.filter(Files::isDirectory).sorted().toList();
    }
  }

  /** The graph is a new one, but its outputs are those of the shipped graph. */
  @Tag("slow")
  @ParameterizedTest
  @MethodSource("shippedModels")
  void aShippedModelGivesTheSameSamplesAndLikelihoods(Path model) {
    try (Sampler before = Sampler.open(model);
        Sampler after = Sampler.open(SavedModelExport.again(model, folder))) {
      Images images = before.sample(2, 1, 1);
      assertArrayEquals(images.levels(), after.sample(2, 1, 1).levels());
      float[] expected = before.logProb(images);
      float[] found = after.logProb(images);
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], found[i], 1e-4 * Math.abs(expected[i]), "image " + i);
      }
    }
  }

  @Test
  void aModelFolderStandsForItsHighestVersionAndGetsTheNextOne() throws Exception {
    ModelConfig config = TinyNetworks.all().get(0);
    TinyExports.write(folder, config, 1);
    Path highest = TinyExports.write(folder, config, 2);
    Path again = SavedModelExport.again(folder, folder);
    assertEquals(folder.resolve("3"), again);
    assertEquals(
        Files.readString(ModelFolder.provenanceFile(highest)),
        Files.readString(ModelFolder.provenanceFile(again)));
  }

  @Test
  void anExportWithoutProvenanceIsRefused() throws Exception {
    Path version = TinyExports.write(folder, TinyNetworks.all().get(0), 1);
    Path provenance = ModelFolder.provenanceFile(version);
    Files.delete(provenance);
    assertRefused(version, provenance + ": no such file");
  }

  @Test
  void provenanceOfAnImpossibleNetworkIsRefused() throws Exception {
    Path version = TinyExports.write(folder, TinyNetworks.all().get(0), 1);
    rewriteProvenance(version, "layers: 2", "layers: 0");
    assertRefused(version, ModelFolder.provenanceFile(version) + ": model.layers = 0");
  }

  /** A weight is missing, or has another shape. TensorFlow throws two kinds of exceptions. */
  @ParameterizedTest
  @CsvSource({"layers: 2, layers: 3", "head_width: 8, head_width: 10"})
  void provenanceOfAnotherNetworkIsRefused(String from, String to) throws Exception {
    Path version = TinyExports.write(folder, TinyNetworks.all().get(0), 1);
    rewriteProvenance(version, from, to);
    assertRefused(version, version + ": found other weights (");
  }

  private static void rewriteProvenance(Path version, String from, String to) throws Exception {
    Path file = ModelFolder.provenanceFile(version);
    String text = Files.readString(file);
    assertTrue(text.contains(from), text);
    Files.writeString(file, text.replace(from, to));
  }

  private void assertRefused(Path version, String beginning) {
    Path to = folder.resolve("to");
    NotAModelException e =
        assertThrows(NotAModelException.class, () -> SavedModelExport.again(version, to));
    assertTrue(e.getMessage().startsWith(beginning), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
    assertFalse(Files.exists(to));
  }
}
