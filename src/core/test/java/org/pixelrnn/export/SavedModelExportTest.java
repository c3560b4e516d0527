package org.pixelrnn.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.LiveNetwork;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.Operations;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.Provenance;
import org.pixelrnn.sampler.Sampler;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/** An export gives what the live network gives, under the signatures of the contract. */
class SavedModelExportTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void anExportGivesWhatTheLiveNetworkGives(ModelConfig config) {
    Sampler exported = TinySamplers.of(config);
    try (LiveNetwork live = new LiveNetwork(config, TinySamplers.SEED)) {
      Images images = exported.sample(4, 1, 1);
      assertArrayEquals(live.logits(images), exported.logits(images), 1e-6f);
      assertArrayEquals(live.logProb(images), exported.logProb(images), 1e-5f);
    }
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void anExportHoldsTheWeightsAndNothingElse(ModelConfig config) throws Exception {
    Path version = TinySamplers.of(config).version();
    Set<String> variables =
        SavedModel.parseFrom(Files.readAllBytes(version.resolve("saved_model.pb")))
            .getMetaGraphs(0)
            .getGraphDef()
            .getNodeList()
            .stream()
            .filter(node -> node.getOp().startsWith("Var"))
            .map(node -> node.getName())
            .collect(Collectors.toSet());
    assertEquals(
        ImageModel.of(config).weights().stream().map(Weight::name).collect(Collectors.toSet()),
        variables);
    try (Stream<Path> files = Files.walk(version)) {
      assertEquals(
          Set.of(
              "saved_model.pb",
              "variables/variables.index",
              "variables/variables.data-00000-of-00001",
              "assets.extra/pixelrnn.textproto",
              "assets.extra/tf_serving_warmup_requests"),
          files
              .filter(Files::isRegularFile)
              .map(file -> version.relativize(file).toString())
              .collect(Collectors.toSet()));
    }
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void targetsAreNeverOneHot(ModelConfig config) throws Exception {
    Set<String> operations = Operations.in(exported(config));
    assertTrue(operations.contains("LogSoftmax"), "found no likelihood");
    assertFalse(operations.contains("OneHot"), operations.toString());
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void samplingRunsOnTheCpu(ModelConfig config) throws Exception {
    assertEquals(Set.of("/device:CPU:0"), Operations.devicesOfSampling(exported(config)));
  }

  private static GraphDef exported(ModelConfig config) throws Exception {
    Path version = TinySamplers.of(config).version();
    return SavedModel.parseFrom(Files.readAllBytes(version.resolve("saved_model.pb")))
        .getMetaGraphs(0)
        .getGraphDef();
  }

  @Test
  void aMultiScaleModelHasSignaturesForSmallImages() {
    Map<String, String> found =
        signatures(TinyNetworks.scales().findFirst().orElseThrow().getPayload());
    String states =
        "state_full_condition DT_FLOAT[-1,16,5], state_full_input_row_above_1 DT_FLOAT[-1,4,1],"
            + " state_full_input_row_above_2 DT_FLOAT[-1,4,1],"
            + " state_full_input_row_above_3 DT_FLOAT[-1,4,1],"
            + " state_full_layer1_convolution_row_above_1 DT_FLOAT[-1,4,4],"
            + " state_full_layer2_convolution_row_above_1 DT_FLOAT[-1,4,4],"
            + " state_small DT_UINT8[-1,2,2,1]";
    String random = "seed DT_INT64[], temperature DT_FLOAT[]";
    Map<String, String> expected =
        new TreeMap<>(
            Map.of(
                "sample", "count DT_INT32[], " + random + " -> images DT_UINT8[-1,4,4,1]",
                "sample_small", "count DT_INT32[], " + random + " -> images DT_UINT8[-1,2,2,1]",
                "complete_small",
                    "images DT_UINT8[-1,2,2,1], known DT_BOOL[-1,2,2], "
                        + random
                        + " -> images DT_UINT8[-1,2,2,1]",
                "upscale",
                    "seed DT_INT64[], small DT_UINT8[-1,2,2,1], temperature DT_FLOAT[]"
                        + " -> images DT_UINT8[-1,4,4,1]",
                "reduce",
                    "images DT_UINT8[-1,4,4,1], known DT_BOOL[-1,4,4]"
                        + " -> known DT_BOOL[-1,2,2], small DT_UINT8[-1,2,2,1]",
                "start", "small DT_UINT8[-1,2,2,1] -> " + states,
                "next_row",
                    "known DT_BOOL[-1,4], known_values DT_UINT8[-1,4,1], row DT_INT32[],"
                        + " seed DT_INT64[], "
                        + states
                        + ", temperature DT_FLOAT[] -> "
                        + states
                        + ", values DT_UINT8[-1,4,1]",
                "next_row_with_noise",
                    "known DT_BOOL[-1,4], known_values DT_UINT8[-1,4,1],"
                        + " noise DT_FLOAT[-1,4,1,2], row DT_INT32[-1], "
                        + states
                        + ", temperature DT_FLOAT[-1] -> "
                        + states
                        + ", values DT_UINT8[-1,4,1]"));
    found.keySet().removeAll(Set.of("serving_default", "log_prob", "logits", "complete"));
    assertEquals(expected, found);
  }

  private static Map<String, String> signatures(ModelConfig config) {
    try (SavedModelBundle bundle =
        SavedModelBundle.load(TinySamplers.of(config).version().toString(), "serve")) {
      Map<String, String> found = new TreeMap<>();
      bundle
          .metaGraphDef()
          .getSignatureDefMap()
          .forEach((name, signature) -> found.put(name, text(signature)));
      return found;
    }
  }

  @Test
  void aNetworkHasTheSignaturesOfTheContract() {
    Map<String, String> found = signatures(TinyNetworks.all().get(1));
    String states =
        "state_input_row_above_1 DT_FLOAT[-1,3,3], state_input_row_above_2 DT_FLOAT[-1,3,3],"
            + " state_input_row_above_3 DT_FLOAT[-1,3,3],"
            + " state_layer1_convolution_row_above_1 DT_FLOAT[-1,3,6],"
            + " state_layer2_convolution_row_above_1 DT_FLOAT[-1,3,6]";
    String likelihood =
        "images DT_UINT8[-1,3,3,3] -> bits_per_dim DT_FLOAT[-1], log_prob DT_FLOAT[-1]";
    assertEquals(
        new TreeMap<>(
            Map.of(
                "serving_default", likelihood,
                "log_prob", likelihood,
                "logits", "images DT_UINT8[-1,3,3,3] -> logits DT_FLOAT[-1,3,3,3,4]",
                "sample",
                    "count DT_INT32[], seed DT_INT64[], temperature DT_FLOAT[]"
                        + " -> images DT_UINT8[-1,3,3,3]",
                "complete",
                    "images DT_UINT8[-1,3,3,3], known DT_BOOL[-1,3,3], seed DT_INT64[],"
                        + " temperature DT_FLOAT[] -> images DT_UINT8[-1,3,3,3]",
                "start", "count DT_INT32[] -> " + states,
                "next_row",
                    "known DT_BOOL[-1,3], known_values DT_UINT8[-1,3,3], row DT_INT32[],"
                        + " seed DT_INT64[], "
                        + states
                        + ", temperature DT_FLOAT[] -> "
                        + states
                        + ", values DT_UINT8[-1,3,3]",
                "next_row_with_noise",
                    "known DT_BOOL[-1,3], known_values DT_UINT8[-1,3,3],"
                        + " noise DT_FLOAT[-1,3,3,4], row DT_INT32[-1], "
                        + states
                        + ", temperature DT_FLOAT[-1] -> "
                        + states
                        + ", values DT_UINT8[-1,3,3]")),
        found);
  }

  @Test
  void aVersionHasTheHighestNumberPlusOne() throws Exception {
    ModelConfig config = TinyNetworks.all().get(0);
    assertEquals(folder.resolve("1"), TinyExports.write(folder, config, 1));
    assertEquals(folder.resolve("2"), TinyExports.write(folder, config, 2));
    Files.createDirectories(folder.resolve("10"));
    assertEquals(folder.resolve("11"), TinyExports.write(folder, config, 3));
    try (Sampler sampler = Sampler.open(folder)) {
      assertEquals(folder.resolve("11"), sampler.version());
    }
  }

  @Test
  void aMissingWeightIsNamedAndNothingIsWritten() throws Exception {
    Exception e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                SavedModelExport.write(
                    folder,
                    new Network(TinyNetworks.all().get(0)),
                    weight -> null,
                    Provenance.getDefaultInstance()));
    assertTrue(e.getMessage().contains("input/kernel"), e.getMessage());
    try (Stream<Path> entries = Files.list(folder)) {
      assertEquals(0, entries.count());
    }
  }

  private static String text(SignatureDef signature) {
    return text(signature.getInputsMap()) + " -> " + text(signature.getOutputsMap());
  }

  private static String text(Map<String, TensorInfo> tensors) {
    return new TreeSet<>(tensors.keySet())
        .stream()
            .map(
                name ->
                    name
                        + " "
                        + tensors.get(name).getDtype()
                        + tensors.get(name).getTensorShape().getDimList().stream()
                            .map(dim -> Long.toString(dim.getSize()))
                            .collect(Collectors.joining(",", "[", "]")))
            .collect(Collectors.joining(", "));
  }
}
