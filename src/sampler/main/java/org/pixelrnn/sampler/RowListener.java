package org.pixelrnn.sampler;

/** Is told of each row of images as soon as the row is sampled. */
@FunctionalInterface
public interface RowListener {

  /**
   * A row was sampled. An exception that this method throws ends the sampling.
   *
   * @param row the number of the row, from 0 at the top
   * @param levels the levels of the row, {@code [n, width, channels]}; the listener may keep and
   *     change the array
   */
  void row(int row, byte[] levels);
}
