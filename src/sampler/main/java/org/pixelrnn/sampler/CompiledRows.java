package org.pixelrnn.sampler;

import java.util.List;
import org.pixelrnn.image.QuietStart;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.op.Operands;
import org.tensorflow.op.Ops;
import org.tensorflow.op.Scope;
import org.tensorflow.op.core.PartitionedCall;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * The same model once more, with rows that XLA compiles. Each row is then one operation in place of
 * hundreds, of which each takes longer to start than to run when there are few images.
 *
 * <p>An export does not ask for XLA, because it must run without XLA, too. It calls a graph
 * function for each row. This class marks these calls for XLA, which compiles the function at the
 * first call with each number of images.
 */
final class CompiledRows implements AutoCloseable {
  /** The beginning of the names of the functions that sample a row. */
  private static final String ROW = "sample_row";

  /** Asks TensorFlow to give a call to XLA, or to fail. */
  private static final String COMPILE = "_XlaMustCompile";

  private static boolean quiet;

  private final Graph graph;
  private final Session session;

  private CompiledRows(Graph graph, Session session) {
    this.graph = graph;
    this.session = session;
  }

  /**
   * Makes a graph with compiled rows, and restores the model's weights.
   *
   * @param model the model as it was exported
   * @param weights the beginning of the paths of the files with the weights
   */
  static CompiledRows of(MetaGraphDef model, String weights, ConfigProto configuration) {
    startQuietly();
    Graph graph = new Graph();
    CompiledRows rows = null;
    try {
      graph.importGraphDef(marked(model.getGraphDef()));
      rows = new CompiledRows(graph, new Session(graph, configuration));
      rows.restore(model.getSaverDef(), weights);
      return rows;
    } catch (RuntimeException e) {
      if (rows != null) {
        rows.session.close();
      }
      graph.close();
      throw e;
    }
  }

  /** The graph with its calls of row functions marked for XLA. */
  static GraphDef marked(GraphDef model) {
    GraphDef.Builder marked = model.toBuilder();
    boolean found = mark(marked.getNodeBuilderList());
    for (FunctionDef.Builder function : marked.getLibraryBuilder().getFunctionBuilderList()) {
      found |= mark(function.getNodeDefBuilderList());
    }
    if (!found) {
      throw new IllegalArgumentException(
          "no function `" + ROW + "`, so nothing can be compiled; expected a newer export");
    }
    return marked.build();
  }

  private static boolean mark(List<NodeDef.Builder> nodes) {
    boolean found = false;
    for (NodeDef.Builder node : nodes) {
      AttrValue function = node.getAttrOrDefault("f", AttrValue.getDefaultInstance());
      if (node.getOp().equals(PartitionedCall.OP_NAME)
          && function.getFunc().getName().startsWith(ROW)) {
        node.putAttr(COMPILE, AttrValue.newBuilder().setB(true).build());
        found = true;
      }
    }
    return found;
  }

  private void restore(SaverDef saver, String weights) {
    if (saver.getRestoreOpName().isEmpty()) {
      return; // A model without weights.
    }
    try (TString files = TString.scalarOf(weights)) {
      session
          .runner()
          .feed(saver.getFilenameTensorName(), files)
          .addTarget(saver.getRestoreOpName())
          .run()
          .close();
    }
  }

  /** The session of the graph. */
  Session session() {
    return session;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }

  /**
   * XLA prints three lines when it compiles the first function of a process. If it does not know a
   * flag in {@code XLA_FLAGS}, it ends the process, and its reason must be seen.
   */
  private static synchronized void startQuietly() {
    if (!quiet && System.getenv("XLA_FLAGS") == null) {
      QuietStart.filter(CompiledRows::compileSomething);
    }
    quiet = true;
  }

  /** It must not take the memory of a GPU. */
  private static ConfigProto onlyOnCpu() {
    return ConfigProto.newBuilder().putDeviceCount("GPU", 0).build();
  }

  private static Void compileSomething() {
    try (ConcreteFunction function = ConcreteFunction.create(CompiledRows::twice);
        Graph graph = new Graph();
        Session session = new Session(graph, onlyOnCpu())) {
      Scope scope = Ops.create(graph).scope();
      // TensorFlow would compute the result of a constant itself.
      Placeholder<TFloat32> x = Placeholder.create(scope, TFloat32.class);
      Operation call =
          scope
              .opBuilder(PartitionedCall.OP_NAME, "twice")
              .addInputList(Operands.asOutputs(List.of(x)))
              .setAttr("Tout", Operands.toDataTypes(List.of(TFloat32.class)))
              .setAttr("f", function)
              .setAttr(COMPILE, true)
              .build();
      try (TFloat32 one = TFloat32.scalarOf(1)) {
        session.runner().feed(x, one).fetch(call.output(0)).run().close();
      }
    }
    return null;
  }

  private static Signature twice(Ops tf) {
    Operand<TFloat32> x = Placeholder.create(tf.scope(), TFloat32.class);
    return Signature.builder().input("x", x).output("y", tf.math.add(x, x)).build();
  }
}
