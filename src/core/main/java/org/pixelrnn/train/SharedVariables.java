package org.pixelrnn.train;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pixelrnn.train.workers.WorkerGroup;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Gives all variables of worker 0 to the other workers: the sum of its values and of the others'
 * zeros.
 */
final class SharedVariables {
  private SharedVariables() {}

  /** Adds an operation that sets all variables of a graph, also those of the optimizer. */
  static Op of(Graph graph, WorkerGroup workers) {
    Ops tf = Ops.create(graph).withSubScope("share_variables");
    Map<Output<TFloat32>, Operand<TFloat32>> values = new LinkedHashMap<>();
    for (Output<TFloat32> variable : variables(graph)) {
      values.put(
          variable,
          workers.leads()
              ? tf.identity(variable)
              : tf.fill(tf.constant(variable.shape().asArray()), tf.constant(0f)));
    }
    List<Op> assigned = new ArrayList<>();
    PackedSum.of(tf, workers, values, Output::shape)
        .forEach((variable, value) -> assigned.add(tf.assign(variable, value)));
    return tf.withControlDependencies(assigned).withName("all").noOp();
  }

  private static List<Output<TFloat32>> variables(Graph graph) {
    List<Output<TFloat32>> variables = new ArrayList<>();
    for (Iterator<GraphOperation> all = graph.operations(); all.hasNext(); ) {
      GraphOperation operation = all.next();
      if (operation.type().equals("VariableV2")) {
        variables.add(operation.output(0).expect(TFloat32.class));
      }
    }
    return variables;
  }
}
