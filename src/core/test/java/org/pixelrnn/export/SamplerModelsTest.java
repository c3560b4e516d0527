package org.pixelrnn.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.proto.v1.DataConfig;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.Provenance;
import org.pixelrnn.sampler.Sampler;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.types.TFloat32;

/**
 * The tiny models that the tests of {@code src/sampler} run are what the exporter writes today.
 * With {@code -Dgolden.write=true}, beside the options of slow tests, this test writes them anew.
 */
class SamplerModelsTest {
  private static final Path KEPT =
      Path.of("src/sampler/test/resources/org/pixelrnn/sampler/models");

  @TempDir private Path folder;

  /** The name of each kept model, and its network's name in {@link TinyNetworks}. */
  static Stream<Arguments> models() {
    return Stream.of(
        Arguments.of("pixelcnn", "PixelCNN"),
        Arguments.of("pixelcnn-colour", "PixelCNN in colour, with skips"),
        Arguments.of("row-lstm", "Row LSTM"),
        Arguments.of(
            "diagonal-bilstm-colour",
            "Diagonal BiLSTM in colour, with skips, initial state learned"),
        Arguments.of("multi-scale", "PixelCNN at two scales"),
        Arguments.of("multi-scale-colour", "Row LSTM in colour at two scales"));
  }

  @ParameterizedTest
  @Tag("slow")
  @MethodSource("models")
  void theKeptModelIsWhatTheExporterWrites(String name, String network) throws IOException {
    Path written = write(folder, config(network));
    Path kept = KEPT.resolve(name).resolve("1");
    if (Boolean.getBoolean("golden.write")) {
      if (Files.exists(kept)) {
        MoreFiles.deleteRecursively(kept, RecursiveDeleteOption.ALLOW_INSECURE);
      }
      copy(written, kept);
    }
    String outOfDate = kept + " is out of date; -Dgolden.write=true writes it anew";
    MetaGraphDef expected = metaGraph(kept);
    MetaGraphDef found = metaGraph(written);
    assertEquals(expected.getSignatureDefMap(), found.getSignatureDefMap(), outOfDate);
    assertEquals(operations(expected), operations(found), outOfDate);
    assertSameOutputs(kept, written, outOfDate);
    assertEquals(files(kept), files(written), outOfDate);
    for (String file : files(kept)) {
      if (!file.equals("saved_model.pb")) {
        assertArrayEquals(
            Files.readAllBytes(kept.resolve(file)),
            Files.readAllBytes(written.resolve(file)),
            outOfDate);
      }
    }
  }

  private static ModelConfig config(String network) {
    return TinyNetworks.named()
        .filter(row -> row.getName().equals(network))
        .findFirst()
        .orElseThrow()
        .getPayload();
  }

  private static Path write(Path folder, ModelConfig config) {
    Provenance provenance =
        Provenance.newBuilder()
            .setModel(config)
            .setData(DataConfig.newBuilder().setHorizontalFlip(true).setRandomCrop(0.5))
            .setDataset("none")
            .build();
    return SavedModelExport.write(
        folder, ImageModel.of(config), SamplerModelsTest::value, provenance);
  }

  /** Random values that Java computes to the same bit on every machine. */
  private static TFloat32 value(Weight weight) {
    Random random = new Random(weight.name().hashCode());
    float[] values = new float[Math.toIntExact(weight.shape().size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.5 * random.nextGaussian());
    }
    return TFloat32.tensorOf(weight.shape(), DataBuffers.of(values));
  }

  private static MetaGraphDef metaGraph(Path version) throws IOException {
    return SavedModel.parseFrom(Files.readAllBytes(version.resolve("saved_model.pb")))
        .getMetaGraphs(0);
  }

  /**
   * Counts the operations of each kind, in the graph and in its functions. TensorFlow numbers the
   * operations inside a loop anew in each process, so names and order cannot be compared.
   */
  private static Map<String, Long> operations(MetaGraphDef metaGraph) {
    GraphDef graph = metaGraph.getGraphDef();
    return Stream.concat(
            graph.getNodeList().stream(),
            graph.getLibrary().getFunctionList().stream()
                .flatMap(function -> function.getNodeDefList().stream()))
        .collect(Collectors.groupingBy(NodeDef::getOp, TreeMap::new, Collectors.counting()));
  }

  private static void assertSameOutputs(Path kept, Path written, String message) {
    try (Sampler expected = Sampler.open(kept);
        Sampler found = Sampler.open(written)) {
      Images images = expected.sample(5, 7, 1);
      assertEquals(images, found.sample(5, 7, 1), message);
      assertEquals(images, found.sample(5, 7, 1, (row, levels) -> {}), message);
      assertArrayEquals(expected.logits(images), found.logits(images), 1e-5f, message);
      assertArrayEquals(expected.logProb(images), found.logProb(images), 1e-4f, message);
      boolean[] known = new boolean[images.shape().pixels()];
      known[known.length / 2] = true;
      assertEquals(
          expected.complete(images, known, 8, 1), found.complete(images, known, 8, 1), message);
    }
  }

  private static List<String> files(Path version) throws IOException {
    try (Stream<Path> files = Files.walk(version)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> version.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    for (String file : files(from)) {
      Path target = to.resolve(file);
      Files.createDirectories(target.getParent());
      Files.copy(from.resolve(file), target);
    }
  }
}
