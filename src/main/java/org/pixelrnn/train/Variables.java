package org.pixelrnn.train;

import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;

/** Variables of a training graph, called exactly as what they hold. */
final class Variables {
  private Variables() {}

  /**
   * Adds a variable and its initialiser.
   *
   * @param name in full, {@code layer3/convolution/kernel}; scopes do not change it, and a second
   *     variable of the name is an error
   * @param initial of the variable's shape
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
