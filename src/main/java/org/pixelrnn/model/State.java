package org.pixelrnn.model;

import org.tensorflow.ndarray.Shape;

/**
 * A tensor that a layer carries from one row of pixels to the next when images are drawn.
 *
 * @param name scoped by slashes, {@code layer3/convolution/rows_above}; unique in a network
 * @param shape of one image; the tensor is {@code [n, shape…]}. Above the first row it is zero.
 */
public record State(String name, Shape shape) {}
