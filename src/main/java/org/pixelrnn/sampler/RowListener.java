package org.pixelrnn.sampler;

/** Hears of each row of images as soon as it is drawn. */
@FunctionalInterface
public interface RowListener {

  /**
   * A row is there.
   *
   * @param row its number, from 0 at the top
   * @param levels its level indices, {@code [n, width, channels]}, the listener's to keep
   */
  void row(int row, byte[] levels);
}
