package org.pixelrnn.model;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** The operations in a graph. */
public final class Operations {
  private Operations() {}

  /** The kinds of operations in a graph and in its functions: {@code MatMul}, {@code Conv2D}, … */
  public static Set<String> in(GraphDef graph) {
    return all(graph).map(NodeDef::getOp).collect(Collectors.toSet());
  }

  /** The devices that the loops and rows of sampling are bound to; "" if they are not bound. */
  public static Set<String> devicesOfSampling(GraphDef graph) {
    return all(graph)
        .filter(
            node ->
                node.getOp().equals("StatelessWhile")
                    || node.getAttrOrDefault("f", AttrValue.getDefaultInstance())
                        .getFunc()
                        .getName()
                        .startsWith("sample_row"))
        .map(NodeDef::getDevice)
        .collect(Collectors.toSet());
  }

  private static Stream<NodeDef> all(GraphDef graph) {
    Stream<NodeDef> inFunctions =
        graph.getLibrary().getFunctionList().stream()
            .flatMap(function -> function.getNodeDefList().stream());
    return Stream.concat(graph.getNodeList().stream(), inFunctions);
  }
}
