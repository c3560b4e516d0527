package org.pixelrnn.model;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** What a graph computes with. */
public final class Operations {
  private Operations() {}

  /** The kinds of operations in a graph and in its functions: {@code MatMul}, {@code Conv2D}, … */
  public static Set<String> in(GraphDef graph) {
    Stream<NodeDef> inFunctions =
        graph.getLibrary().getFunctionList().stream()
            .flatMap(function -> function.getNodeDefList().stream());
    return Stream.concat(graph.getNodeList().stream(), inFunctions)
        .map(NodeDef::getOp)
        .collect(Collectors.toSet());
  }
}
