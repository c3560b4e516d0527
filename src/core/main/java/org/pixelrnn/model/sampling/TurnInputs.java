package org.pixelrnn.model.sampling;

import java.util.List;
import org.pixelrnn.model.RowwiseNetwork;
import org.pixelrnn.model.layer.Lanes;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The inputs for sampling one turn of n images. With one lane a turn is a row; with several {@link
 * Lanes} it is one block of a row in each lane.
 *
 * @param turn the number of the turn from 0, {@code []}: the row of the first lane
 * @param uniform uniform random numbers in [0, 1), {@code [lanes · n, columns · channels, levels]}
 * @param given the known pixels of the turn, the seed and the temperature: images {@code [lanes ·
 *     n, columns, channels]}, known {@code [lanes · n, columns]}
 * @param state what earlier turns have left, as {@link RowwiseNetwork#state(Lanes)}
 */
record TurnInputs(
    Operand<TInt32> turn,
    Operand<TFloat32> uniform,
    SamplingInputs given,
    List<Operand<TFloat32>> state) {}
