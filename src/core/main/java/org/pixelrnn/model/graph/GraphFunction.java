package org.pixelrnn.model.graph;

import java.util.List;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.family.TType;

/**
 * A graph function while it is being built. The body adds operations to {@link #tf()} and takes
 * arguments from {@link #argument}; the order of these calls is the order of the arguments.
 */
public final class GraphFunction {
  private final Ops tf;
  private final Signature.Builder signature = Signature.builder();
  private int arguments;

  private GraphFunction(Ops tf) {
    this.tf = tf;
  }

  /** The body of a graph function. */
  @FunctionalInterface
  public interface Body {
    /**
     * Adds the operations of the function.
     *
     * @param function the function that is being built
     * @return the results of the function, in order
     */
    List<? extends Operand<?>> results(GraphFunction function);
  }

  /**
   * Creates a graph function. The caller closes it; graphs that call it keep a copy.
   *
   * @param name the name of the function in a graph
   */
  public static ConcreteFunction create(String name, Body body) {
    return LatinDigits.during(
        () ->
            ConcreteFunction.create(
                tf -> {
                  GraphFunction function = new GraphFunction(tf);
                  function.signature.key(name).methodName(name);
                  List<? extends Operand<?>> results = body.results(function);
                  for (int i = 0; i < results.size(); i++) {
                    // An identity for each: one tensor may be two results, or an argument and a
                    // result.
                    function.signature.output("result" + i, tf.identity(results.get(i)));
                  }
                  return function.signature.build();
                }));
  }

  /** The scope that the operations of the function are added to. */
  public Ops tf() {
    return tf;
  }

  /**
   * The next argument of the function.
   *
   * @param shape -1 for an unknown size
   */
  public <T extends TType> Operand<T> argument(Class<T> type, long... shape) {
    Operand<T> argument = tf.placeholder(type, Placeholder.shape(Shape.of(shape)));
    signature.input("argument" + arguments++, argument);
    return argument;
  }
}
