package org.pixelrnn.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.sampler.BatchedRows;
import org.pixelrnn.sampler.RowBatch;
import org.pixelrnn.sampler.SampleRequest;
import org.pixelrnn.sampler.Sampler;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.TensorInfo;

/** The signature {@code next_row_with_noise} of every architecture. */
class RowsWithNoiseTest {

  @ParameterizedTest
  @Tag("slow")
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void requestsInABatchGetTheImagesThatTheirSeedsGiveAlone(ModelConfig config) {
    Sampler sampler = TinySamplers.of(config);
    assertTrue(sampler.batchesRows());
    Random random = new Random(4);
    List<SampleRequest> requests = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      requests.add(request(sampler.shape(), random));
    }
    Map<BatchedRows, SampleRequest> joined = new HashMap<>();
    Deque<SampleRequest> waiting = new ArrayDeque<>(requests);
    try (RowBatch batch = sampler.rowBatch()) {
      while (!waiting.isEmpty() || !batch.isEmpty()) {
        for (int arrivals = random.nextInt(4); arrivals > 0 && !waiting.isEmpty(); arrivals--) {
          SampleRequest request = waiting.remove();
          joined.put(batch.join(request), request);
        }
        batch.next();
      }
    }
    joined.forEach(
        (rows, request) -> {
          assertTrue(rows.isDone());
          assertEquals(sampler.sample(request), rows.images(), request.toString());
        });
    assertEquals(requests.size(), joined.size());
  }

  private static SampleRequest request(ImageShape shape, Random random) {
    int count = random.nextInt(4);
    SampleRequest request = SampleRequest.of(count, random.nextLong());
    if (random.nextBoolean()) {
      byte[] levels = new byte[count * shape.dimensions()];
      for (int i = 0; i < levels.length; i++) {
        levels[i] = (byte) random.nextInt(shape.levels());
      }
      boolean[] known = new boolean[count * shape.pixels()];
      for (int i = 0; i < known.length; i++) {
        known[i] = random.nextInt(3) == 0;
      }
      request = SampleRequest.completing(Images.of(shape, levels), known, random.nextLong());
    }
    return request.withTemperature(random.nextInt(4) * 0.5f);
  }

  @ParameterizedTest
  @Tag("slow")
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void theSignatureHasNoRandomOperationAndNoAssert(ModelConfig config) throws IOException {
    MetaGraphDef graph =
        SavedModel.parseFrom(
                Files.readAllBytes(TinySamplers.of(config).version().resolve("saved_model.pb")))
            .getMetaGraphs(0);
    Set<String> operations = operationsOf(graph, "next_row_with_noise");
    assertTrue(operations.contains("ArgMax"), "the functions were walked through: " + operations);
    for (String operation : operations) {
      assertFalse(operation.contains("Random") || operation.contains("Assert"), operation);
    }
    assertTrue(operationsOf(graph, "next_row").contains("StatelessRandomUniformV2"));
  }

  /** The operations that the outputs of a signature need, in the graph and in all functions. */
  private static Set<String> operationsOf(MetaGraphDef graph, String signature) {
    Map<String, NodeDef> nodes = new HashMap<>();
    graph.getGraphDef().getNodeList().forEach(node -> nodes.put(node.getName(), node));
    Map<String, FunctionDef> functions = new HashMap<>();
    graph
        .getGraphDef()
        .getLibrary()
        .getFunctionList()
        .forEach(function -> functions.put(function.getSignature().getName(), function));
    Deque<NodeDef> left = new ArrayDeque<>();
    for (TensorInfo output : graph.getSignatureDefOrThrow(signature).getOutputsMap().values()) {
      left.add(nodes.get(node(output.getName())));
    }
    Set<NodeDef> reached = new LinkedHashSet<>();
    while (!left.isEmpty()) {
      NodeDef next = left.remove();
      if (reached.add(next)) {
        next.getInputList().forEach(input -> left.add(nodes.get(node(input))));
      }
    }
    Set<String> called = new TreeSet<>();
    Deque<NodeDef> callers = new ArrayDeque<>(reached);
    Set<String> operations = new TreeSet<>();
    while (!callers.isEmpty()) {
      NodeDef next = callers.remove();
      operations.add(next.getOp());
      for (AttrValue attribute : next.getAttrMap().values()) {
        if (attribute.hasFunc() && called.add(attribute.getFunc().getName())) {
          callers.addAll(functions.get(attribute.getFunc().getName()).getNodeDefList());
        }
      }
    }
    return operations;
  }

  private static String node(String tensor) {
    return tensor.replaceAll("^\\^|:.*$", "");
  }
}
