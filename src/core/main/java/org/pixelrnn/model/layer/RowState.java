package org.pixelrnn.model.layer;

import java.util.ArrayList;
import java.util.List;
import org.pixelrnn.model.graph.GraphFunction;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * A tensor that a layer keeps from one row of pixels to the next while images are sampled, {@code
 * [columns, n, features]}. Columns are the first axis, so that splitting a row into pixels copies
 * nothing. In signatures the images are the first axis. Above the first row the tensor is zero.
 *
 * @param name scoped by slashes, {@code layer3/convolution/row_above_1}; unique in a network
 * @param columns the number of columns of a row, or of a lane
 * @param features the number of features of one pixel of one image
 */
public record RowState(String name, int columns, int features) {

  /** The next arguments of a graph function, one for each state. */
  public static List<Operand<TFloat32>> arguments(GraphFunction function, List<RowState> states) {
    List<Operand<TFloat32>> arguments = new ArrayList<>();
    for (RowState state : states) {
      arguments.add(function.argument(TFloat32.class, state.shape().asArray()));
    }
    return List.copyOf(arguments);
  }

  /** {@code [n, columns, features]}, with unknown n: the shape of the state in a signature. */
  public Shape shapeInSignature() {
    return Shape.of(Shape.UNKNOWN_SIZE, columns, features);
  }

  /** {@code [columns, n, features]}, with unknown n. */
  public Shape shape() {
    return Shape.of(columns, Shape.UNKNOWN_SIZE, features);
  }
}
