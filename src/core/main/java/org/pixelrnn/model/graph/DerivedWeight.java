package org.pixelrnn.model.graph;

import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * A tensor that is computed from weights alone, for example the part of a masked kernel that
 * belongs to one channel group. Sampling computes it once, before the first pixel, and uses it at
 * every pixel.
 *
 * @param name scoped by slashes, {@code layer3/convolution/kernel_above}; unique in a network
 * @param shape fully known
 * @param value adds the operations that compute the tensor
 */
public record DerivedWeight(
    String name, Shape shape, Function<BuildContext, Operand<TFloat32>> value) {}
