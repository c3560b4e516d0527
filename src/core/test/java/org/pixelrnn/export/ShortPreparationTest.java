package org.pixelrnn.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** The operations and functions of an export that TensorFlow prepares in a shorter way. */
@Tag("slow")
class ShortPreparationTest {
  private static final Set<String> CONTROL = Set.of("StatelessWhile", "StatelessIf");

  /** Other programs take the rest of the graph, and some of them know no references. */
  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void onlyWhatSamplesWholeImagesRunsAfterTheReference(ModelConfig config) {
    GraphDef graph = ServingGraph.of(ImageModel.of(config)).getGraphDef();
    Set<String> followers =
        graph.getNodeList().stream()
            .filter(node -> node.getInputList().contains("^reference"))
            .map(NodeDef::getName)
            .collect(Collectors.toSet());
    assertFalse(followers.isEmpty(), "nothing runs after the reference");
    for (NodeDef node : graph.getNodeList()) {
      assertEquals(
          CONTROL.contains(node.getOp()), followers.contains(node.getName()), node.getName());
      assertFalse(node.getInputList().contains("reference"), node.getName());
    }
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void onlyTheFunctionsForManyImagesAreLeftAsTheyAre(ModelConfig config) {
    GraphDef graph = ServingGraph.of(ImageModel.of(config)).getGraphDef();
    Map<String, FunctionDef> functions =
        graph.getLibrary().getFunctionList().stream()
            .collect(Collectors.toMap(f -> f.getSignature().getName(), Function.identity()));
    Set<String> ofMany = new HashSet<>();
    for (NodeDef node : graph.getNodeList()) {
      if (node.getOp().equals("StatelessIf")) {
        collect(node.getAttrOrThrow("then_branch"), functions, ofMany);
      }
    }
    assertEquals(
        ofMany,
        functions.keySet().stream()
            .filter(name -> functions.get(name).containsAttr("_tf_data_function"))
            .collect(Collectors.toSet()));
  }

  /** Adds a function and all functions that it calls. */
  private static void collect(
      AttrValue called, Map<String, FunctionDef> functions, Set<String> names) {
    String name = called.getFunc().getName();
    if (names.add(name)) {
      for (NodeDef node : functions.get(name).getNodeDefList()) {
        node.getAttrMap().values().stream()
            .filter(AttrValue::hasFunc)
            .forEach(inner -> collect(inner, functions, names));
      }
    }
  }
}
