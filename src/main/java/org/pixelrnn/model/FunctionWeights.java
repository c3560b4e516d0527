package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pixelrnn.model.scan.GraphFunction;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The weights of a network inside a graph function, which sees nothing but its arguments: each
 * weight becomes one when it is first asked for, and so does each tensor that is prepared of them.
 */
final class FunctionWeights implements Weights {
  private final GraphFunction function;
  private final List<Prepared> asked = new ArrayList<>();
  private final Map<String, Operand<TFloat32>> arguments = new HashMap<>();

  FunctionWeights(GraphFunction function) {
    this.function = function;
  }

  @Override
  public Operand<TFloat32> of(Weight weight) {
    return argument(new Prepared(weight.name(), weight.shape(), pass -> pass.weight(weight)));
  }

  @Override
  public Operand<TFloat32> prepared(Prepared what, Pass pass) {
    return argument(what);
  }

  /** What the function has asked for so far, in the order of its arguments. */
  List<Prepared> asked() {
    return List.copyOf(asked);
  }

  private Operand<TFloat32> argument(Prepared what) {
    return arguments.computeIfAbsent(
        what.name(),
        name -> {
          asked.add(what);
          return function.argument(TFloat32.class, what.shape().asArray());
        });
  }
}
