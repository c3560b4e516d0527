package org.pixelrnn.model;

import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * A tensor that is made of weights alone, a masked kernel's part for a channel group: where pixels
 * are drawn one after another it is made once, before the first.
 *
 * @param name scoped by slashes; unique in a network
 * @param shape fully known
 * @param value how it is made
 */
record Prepared(String name, Shape shape, Function<Pass, Operand<TFloat32>> value) {}
