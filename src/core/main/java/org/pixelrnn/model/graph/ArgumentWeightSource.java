package org.pixelrnn.model.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The weights of a network inside a graph function. A graph function can use nothing but its
 * arguments, so each weight and each {@link DerivedWeight} becomes an argument when the network
 * first uses it.
 */
public final class ArgumentWeightSource implements WeightSource {
  private final GraphFunction function;
  private final List<DerivedWeight> derivedWeights = new ArrayList<>();
  private final Map<String, Operand<TFloat32>> arguments = new HashMap<>();

  /** Creates a source without arguments yet. */
  public ArgumentWeightSource(GraphFunction function) {
    this.function = function;
  }

  @Override
  public Operand<TFloat32> of(Weight weight) {
    return argument(
        new DerivedWeight(weight.name(), weight.shape(), context -> context.weight(weight)));
  }

  @Override
  public Operand<TFloat32> derived(DerivedWeight weight, BuildContext context) {
    return argument(weight);
  }

  /**
   * The weights that the function takes as arguments, in the order of the arguments. A caller
   * computes their values and passes them.
   */
  public List<DerivedWeight> derivedWeights() {
    return List.copyOf(derivedWeights);
  }

  /** The arguments themselves, in the order of {@link #derivedWeights}. */
  public List<Operand<TFloat32>> arguments() {
    return derivedWeights.stream().map(weight -> arguments.get(weight.name())).toList();
  }

  private Operand<TFloat32> argument(DerivedWeight weight) {
    return arguments.computeIfAbsent(
        weight.name(),
        name -> {
          derivedWeights.add(weight);
          return function.argument(TFloat32.class, weight.shape().asArray());
        });
  }
}
