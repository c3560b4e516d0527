package org.pixelrnn.train;

import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;

/**
 * Makes the variables of a training graph. Their names are exactly those of the weights they hold,
 * because a checkpoint stores a variable under its name.
 */
final class ReferenceVariable {
  private ReferenceVariable() {}

  /**
   * Adds a variable and its initialiser.
   *
   * @param name the full name, for instance {@code layer3/convolution/kernel}. Scopes do not change
   *     it, and a second variable of the same name is an error
   * @param initial the initial value, of the variable's shape
   */
  static Output<TFloat32> create(Ops tf, String name, Shape shape, Operand<TFloat32> initial) {
    Output<TFloat32> variable =
        tf.scope()
            .env()
            .opBuilder("VariableV2", name, tf.scope())
            .setAttr("dtype", DataType.DT_FLOAT)
            .setAttr("shape", shape)
            .build()
            .output(0)
            .expect(TFloat32.class);
    tf.withInitScope().assign(variable, initial);
    return variable;
  }
}
