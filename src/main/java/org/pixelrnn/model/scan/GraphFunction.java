package org.pixelrnn.model.scan;

import java.util.List;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.family.TType;

/**
 * The inside of a graph function while it is being built: its arguments in order, and its results
 * in order.
 */
public final class GraphFunction {
  private final Ops tf;
  private final Signature.Builder signature = Signature.builder();
  private int arguments;

  private GraphFunction(Ops tf) {
    this.tf = tf;
  }

  /** What a function does with its arguments; the results, in order. */
  @FunctionalInterface
  public interface Body {
    List<? extends Operand<?>> results(GraphFunction function);
  }

  /** A graph function; graphs that call it keep a copy. */
  public static ConcreteFunction create(String name, Body body) {
    return ConcreteFunction.create(
        tf -> {
          GraphFunction function = new GraphFunction(tf);
          function.signature.key(name).methodName(name);
          List<? extends Operand<?>> results = body.results(function);
          for (int i = 0; i < results.size(); i++) {
            // A name of its own: a result may also be an argument, or another result.
            function.signature.output("result" + i, tf.identity(results.get(i)));
          }
          return function.signature.build();
        });
  }

  /** Where the function's operations go. */
  public Ops tf() {
    return tf;
  }

  /** The next argument. */
  public <T extends TType> Operand<T> argument(Class<T> type, long... shape) {
    Operand<T> argument = tf.placeholder(type, Placeholder.shape(Shape.of(shape)));
    signature.input("argument" + arguments++, argument);
    return argument;
  }
}
