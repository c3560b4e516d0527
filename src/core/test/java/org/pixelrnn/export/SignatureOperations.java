package org.pixelrnn.export;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorInfo;

/** The kinds of operations that a signature is made of, those inside functions included. */
final class SignatureOperations {
  private final Map<String, NodeDef> nodes;
  private final Map<String, FunctionDef> functions;
  private final Set<String> kinds = new TreeSet<>();
  private final Set<String> seenFunctions = new HashSet<>();

  private SignatureOperations(MetaGraphDef graph) {
    nodes =
        graph.getGraphDef().getNodeList().stream()
            .collect(Collectors.toMap(NodeDef::getName, Function.identity()));
    functions =
        graph.getGraphDef().getLibrary().getFunctionList().stream()
            .collect(
                Collectors.toMap(
                    function -> function.getSignature().getName(), Function.identity()));
  }

  /** The names of all kinds, for instance {@code MatMul}. */
  static Set<String> of(MetaGraphDef graph, String signature) {
    SignatureOperations operations = new SignatureOperations(graph);
    operations.addGraph(graph.getSignatureDefOrThrow(signature).getOutputsMap().values());
    return operations.kinds;
  }

  private void addGraph(Collection<TensorInfo> outputs) {
    Deque<String> next = new ArrayDeque<>();
    outputs.forEach(output -> next.add(output.getName()));
    Set<String> seen = new HashSet<>();
    while (!next.isEmpty()) {
      String name = next.remove().replaceFirst("^\\^", "").replaceFirst(":[0-9]+$", "");
      if (seen.add(name)) {
        add(nodes.get(name));
        next.addAll(nodes.get(name).getInputList());
      }
    }
  }

  private void add(NodeDef node) {
    kinds.add(node.getOp());
    for (AttrValue attribute : node.getAttrMap().values()) {
      List<AttrValue> values =
          attribute.hasFunc()
              ? List.of(attribute)
              : attribute.getList().getFuncList().stream()
                  .map(function -> AttrValue.newBuilder().setFunc(function).build())
                  .toList();
      for (AttrValue value : values) {
        if (seenFunctions.add(value.getFunc().getName())) {
          functions.get(value.getFunc().getName()).getNodeDefList().forEach(this::add);
        }
      }
    }
  }
}
