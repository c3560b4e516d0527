package org.pixelrnn.model;

import org.tensorflow.ndarray.Shape;

/**
 * A tensor that a layer carries from one row of pixels to the next when images are drawn: {@code
 * [width, n, features]}. Columns come first, so that taking a row apart into pixels copies nothing.
 * Above the first row it is zero.
 *
 * @param name scoped by slashes, {@code layer3/convolution/rows_above}; unique in a network
 * @param width columns
 * @param features of one image in one column
 */
public record State(String name, int width, int features) {

  /** {@code [width, n, features]}, n unknown. */
  public Shape shape() {
    return Shape.of(width, Shape.UNKNOWN_SIZE, features);
  }
}
