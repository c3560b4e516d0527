package org.pixelrnn.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Loops of the portable signatures have the form that tf2onnx expects. It takes the first variable
 * for the number of the iteration, which it makes an int64, and the second for the number of
 * iterations. It converts any other loop to one that ONNX Runtime refuses.
 */
class LoopCountersTest {
  @Test
  void aLoopOverBlocksBeginsWithCountersThatItDoesNotUse() {
    // So many columns that each row is sampled in a loop.
    ModelConfig wide = TinyNetworks.all().get(0).toBuilder().setHeight(2).setWidth(160).build();
    MetaGraphDef graph = ServingGraph.of(ImageModel.of(wide));
    assertTrue(
        SignatureOperations.of(graph, "next_row_with_noise").contains("StatelessWhile"),
        "there is no loop");
    Map<String, FunctionDef> functions =
        graph.getGraphDef().getLibrary().getFunctionList().stream()
            .collect(Collectors.toMap(f -> f.getSignature().getName(), Function.identity()));
    for (FunctionDef function : functions.values()) {
      for (NodeDef loop : function.getNodeDefList()) {
        if (loop.getOp().equals("StatelessWhile")) {
          FunctionDef body = functions.get(loop.getAttrOrThrow("body").getFunc().getName());
          FunctionDef condition = functions.get(loop.getAttrOrThrow("cond").getFunc().getName());
          assertEquals(
              List.of(DataType.DT_INT32, DataType.DT_INT32, DataType.DT_INT32),
              loop.getAttrOrThrow("T").getList().getTypeList().subList(0, 3));
          assertEquals(List.of("Add"), usesOfArgument(body, 0));
          // The Identity passes it on to the next iteration.
          assertEquals(List.of("Identity"), usesOfArgument(body, 1));
          assertEquals(List.of(), usesOfArgument(condition, 0));
          assertEquals(List.of(), usesOfArgument(condition, 1));
        }
      }
    }
  }

  /** The kinds of the operations that read an argument. */
  private static List<String> usesOfArgument(FunctionDef function, int index) {
    String argument = function.getSignature().getInputArg(index).getName();
    return function.getNodeDefList().stream()
        .filter(node -> node.getInputList().contains(argument))
        .map(NodeDef::getOp)
        .toList();
  }
}
