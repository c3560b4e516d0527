package org.pixelrnn.model.sampling;

import java.util.List;
import org.pixelrnn.model.RowwiseNetwork;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * One row of n images after it was sampled.
 *
 * @param levels the row's level indices, {@code [n, width, channels]}; known pixels are unchanged
 * @param state the state for the row below, in the order of {@link RowwiseNetwork#state()}
 */
public record SampledRow(Operand<TUint8> levels, List<Operand<TFloat32>> state) {}
