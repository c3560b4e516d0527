package org.pixelrnn.model.sampling;

import java.util.List;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.layer.Lanes;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * What one row of n images is sampled from.
 *
 * <p>In {@link Lanes}, it is what one turn is sampled from: read {@code lanes · n} for n, and the
 * columns of one lane for the width.
 *
 * @param row the row's number from 0, {@code []}; it selects the random numbers. In lanes it is the
 *     turn, which is the row of the first lane.
 * @param firstImage the index of the first of these images in the whole batch, {@code []}. Random
 *     numbers depend on an image's index in the whole batch, so a batch gives the same images in
 *     one part as in several.
 * @param given the known pixels of the row, the seed and the temperature: images {@code [n, width,
 *     channels]}, known {@code [n, width]}
 * @param state what the rows above have left, as {@link Network#state()}
 */
public record RowInputs(
    Operand<TInt32> row,
    Operand<TInt32> firstImage,
    SamplingInputs given,
    List<Operand<TFloat32>> state) {}
