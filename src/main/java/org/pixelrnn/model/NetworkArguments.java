package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pixelrnn.model.scan.GraphFunction;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** What a network needs inside a graph function, which sees nothing but its arguments. */
final class NetworkArguments {
  private NetworkArguments() {}

  /** The next arguments of a function: what earlier turns have left, as {@link Network#state}. */
  static List<Operand<TFloat32>> states(GraphFunction function, Network network, Lanes lanes) {
    List<Operand<TFloat32>> states = new ArrayList<>();
    for (State state : network.state(lanes)) {
      states.add(function.argument(TFloat32.class, state.shape().asArray()));
    }
    return List.copyOf(states);
  }

  /** The next arguments of a function: the network's weights. */
  static Weights weights(GraphFunction function, Network network) {
    Map<Weight, Operand<TFloat32>> weights = new HashMap<>();
    for (Weight weight : network.weights()) {
      weights.put(weight, function.argument(TFloat32.class, weight.shape().asArray()));
    }
    return weights::get;
  }
}
