package org.pixelrnn.model.sampling;

import java.util.List;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.graph.BatchSize;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * The inputs for sampling one row of each of n images. The rows may be at different heights.
 *
 * @param rows the number of each image's row from 0, {@code [n]}
 * @param levels level indices of the row, {@code [n, width, channels]}; the levels of pixels that
 *     are not known are never read
 * @param known true for pixels that are given and keep their levels, {@code [n, width]}
 * @param noise uniform random numbers in (0, 1), {@code [n, width, channels, levels]}
 * @param temperature what the logits of each image are divided by, {@code [n]}, at least 0; at 0
 *     the most likely level is taken
 * @param state what the rows above have left, as {@link NetworkSampler#start}
 */
public record RowInputs(
    Operand<TInt32> rows,
    Operand<TUint8> levels,
    Operand<TBool> known,
    Operand<TFloat32> noise,
    Operand<TFloat32> temperature,
    List<Operand<TFloat32>> state) {

  /**
   * The same row of n images, with the random numbers of a seed.
   *
   * @param row the number of the row, {@code []}
   * @param given the known pixels of the row, the seed and the temperature: images {@code [n,
   *     width, channels]}, known {@code [n, width]}
   * @param state as {@link #state}
   */
  public static RowInputs seeded(
      Ops tf,
      Network network,
      Operand<TInt32> row,
      SamplingInputs given,
      List<Operand<TFloat32>> state) {
    Ops onCpu = RowSamplingFunction.onCpu(tf);
    ImageShape shape = network.shape();
    Operand<TInt32> n = BatchSize.of(onCpu, given.images());
    Operand<TInt32> perImage = onCpu.expandDims(n, onCpu.constant(0));
    Operand<TFloat32> uniform =
        new SeededUniform(network, given.seed(), onCpu.constant(0), n).ofRow(onCpu, row);
    return new RowInputs(
        onCpu.fill(perImage, row),
        given.images(),
        given.known(),
        onCpu.reshape(
            uniform,
            onCpu.constant(new int[] {-1, shape.width(), shape.channels(), shape.levels()})),
        onCpu.fill(perImage, given.temperature()),
        state);
  }

  /** The same rows with other known pixels. */
  RowInputs withKnown(Operand<TUint8> otherLevels, Operand<TBool> otherKnown) {
    return new RowInputs(rows, otherLevels, otherKnown, noise, temperature, state);
  }
}
