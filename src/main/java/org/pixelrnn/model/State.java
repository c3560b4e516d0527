package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.List;
import org.pixelrnn.model.scan.GraphFunction;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * A tensor that a layer carries from one row of pixels to the next when images are drawn: {@code
 * [columns, n, features]}. Columns come first, so that taking a row apart into pixels copies
 * nothing. Above the first row it is zero.
 *
 * @param name scoped by slashes, {@code layer3/convolution/row_above_1}; unique in a network
 * @param columns of a row, or of a lane
 * @param features of one image in one column
 */
public record State(String name, int columns, int features) {

  /** The next arguments of a graph function. */
  static List<Operand<TFloat32>> arguments(GraphFunction function, List<State> states) {
    List<Operand<TFloat32>> arguments = new ArrayList<>();
    for (State state : states) {
      arguments.add(function.argument(TFloat32.class, state.shape().asArray()));
    }
    return List.copyOf(arguments);
  }

  /** {@code [columns, n, features]}, n unknown. */
  public Shape shape() {
    return Shape.of(columns, Shape.UNKNOWN_SIZE, features);
  }
}
