package org.pixelrnn.export;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.pixelrnn.model.sampling.NetworkSampler;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Shortens TensorFlow's preparation of the operations that sample whole images. The first call
 * waits for it. No result changes.
 *
 * <pre>
 *   what TensorFlow does before the first call          what is changed
 *
 *   It makes a graph of the body of each loop, twice,   The loops run after an operation with a reference,
 *   and looks for references in it. Loops that run       which nothing else uses.
 *   after an operation with a reference are left out.
 *
 *   It optimizes all functions that a call may reach,   The functions for many images are marked as
 *   except those of tf.data, which does so itself.      functions of tf.data.
 * </pre>
 *
 * <p>A reference is an output of the kind that variables had in TensorFlow 1.
 */
final class ShortPreparation {
  private static final String REFERENCE = "reference";

  /** TensorFlow's mark for functions of tf.data. */
  private static final String OF_TF_DATA = "_tf_data_function";

  private final GraphDef.Builder graph;
  private final Map<String, FunctionDef.Builder> functions = new HashMap<>();

  private ShortPreparation(GraphDef whole) {
    graph = whole.toBuilder();
    graph
        .getLibraryBuilder()
        .getFunctionBuilderList()
        .forEach(function -> functions.put(function.getSignature().getName(), function));
  }

  /** The same graph with a shorter preparation. */
  static GraphDef of(GraphDef whole) {
    ShortPreparation shorter = new ShortPreparation(whole);
    shorter.runLoopsAfterReference();
    shorter.leaveFunctionsForManyImages();
    return shorter.graph.build();
  }

  private void runLoopsAfterReference() {
    for (NodeDef.Builder node : graph.getNodeBuilderList()) {
      if (NetworkSampler.samplesWholeImages(node)) {
        node.addInput("^" + REFERENCE);
      }
    }
    // An empty stack of numbers. A variable would have to be saved and restored.
    graph.addNode(
        NodeDef.newBuilder()
            .setName(REFERENCE)
            .setOp("Stack")
            .putAttr("elem_type", AttrValue.newBuilder().setType(DataType.DT_FLOAT).build()));
  }

  private void leaveFunctionsForManyImages() {
    Deque<String> waiting = new ArrayDeque<>();
    functions.keySet().stream().filter(NetworkSampler::samplesManyImages).forEach(waiting::add);
    Set<String> marked = new HashSet<>();
    while (!waiting.isEmpty()) {
      String name = waiting.remove();
      if (functions.containsKey(name) && marked.add(name)) {
        FunctionDef.Builder function = functions.get(name);
        function.putAttr(OF_TF_DATA, AttrValue.newBuilder().setB(true).build());
        for (NodeDef node : function.getNodeDefList()) {
          node.getAttrMap().values().stream()
              .filter(AttrValue::hasFunc)
              .forEach(called -> waiting.add(called.getFunc().getName()));
        }
      }
    }
  }
}
