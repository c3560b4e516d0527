package org.pixelrnn.model.scan;

import java.util.List;
import org.tensorflow.Operand;
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
public record LstmWeights(
    Operand<TFloat32> inputToState,
    Operand<TFloat32> stateToState,
    Operand<TFloat32> bias,
    Operand<TFloat32> h,
    Operand<TFloat32> c) {

  /** How many tensors these are. */
  static final int COUNT = 5;

  /** As inputs of a scan, in order. */
  public List<Operand<TFloat32>> asList() {
    return List.of(inputToState, stateToState, bias, h, c);
  }

  static LstmWeights of(List<Operand<TFloat32>> tensors) {
    return new LstmWeights(
        tensors.get(0), tensors.get(1), tensors.get(2), tensors.get(3), tensors.get(4));
  }
}
