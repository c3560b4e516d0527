package org.pixelrnn.model.scan;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The weights of one recurrence. Gates are sections of the last axis, in the order i, g, f, o.
 *
 * @param inputToState a masked kernel, {@code [1, columns, in, 4h]}
 * @param stateToState one tap for each neighbour whose h is seen, {@code [neighbours, h, 4h]}
 * @param bias {@code [4h]}
 * @param h outside the image, {@code [h]}
 * @param c outside the image, {@code [h]}
 */
record LstmWeights(
    Operand<TFloat32> inputToState,
    Operand<TFloat32> stateToState,
    Operand<TFloat32> bias,
    Operand<TFloat32> h,
    Operand<TFloat32> c) {

  /** How many tensors these are, if the state outside the image is one of the inputs of a scan. */
  static int count(boolean learnedInitialState) {
    return learnedInitialState ? 5 : 3;
  }

  /**
   * From the inputs of a scan. An initial state that is not learned is not one of them: TensorFlow
   * makes a copy of a function, and optimizes it anew, for each call with a constant.
   */
  static LstmWeights of(Ops tf, List<Operand<TFloat32>> inputs, int h) {
    boolean learned = inputs.size() == count(true);
    return new LstmWeights(
        inputs.get(0),
        inputs.get(1),
        inputs.get(2),
        learned ? inputs.get(3) : tf.constant(new float[h]),
        learned ? inputs.get(4) : tf.constant(new float[h]));
  }
}
