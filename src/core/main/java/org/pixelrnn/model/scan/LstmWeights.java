package org.pixelrnn.model.scan;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * The weights of one recurrence. The last axis of the first three tensors holds the gates as four
 * sections, in the order i, g, f, o.
 *
 * @param inputToState a masked kernel, {@code [1, columns, in, 4h]}
 * @param stateToState one tap for each neighbour whose h the gates use, {@code [neighbours, h, 4h]}
 * @param bias {@code [4h]}
 * @param h the initial h, which stands for every pixel outside the image, {@code [h]}
 * @param c the initial c, likewise, {@code [h]}
 */
record LstmWeights(
    Operand<TFloating> inputToState,
    Operand<TFloating> stateToState,
    Operand<TFloating> bias,
    Operand<TFloating> h,
    Operand<TFloating> c) {

  /** The number of these tensors that are inputs of a scan: without the initial state, if fixed. */
  static int count(boolean learnedInitialState) {
    return learnedInitialState ? 5 : 3;
  }

  /**
   * The weights among the inputs of a scan. An initial state that is not learned is zero, and is
   * not an input: for each call with a constant, TensorFlow would copy the function and optimize
   * the copy.
   *
   * @param inputs 5 tensors, or 3 if the initial state is not learned
   * @param zero the number 0, {@code []}
   * @param h the number of features of h
   */
  static LstmWeights of(Ops tf, List<Operand<TFloating>> inputs, Operand<TFloating> zero, int h) {
    boolean learned = inputs.size() == count(true);
    return new LstmWeights(
        inputs.get(0),
        inputs.get(1),
        inputs.get(2),
        learned ? inputs.get(3) : tf.fill(tf.constant(new int[] {h}), zero),
        learned ? inputs.get(4) : tf.fill(tf.constant(new int[] {h}), zero));
  }
}
