package org.pixelrnn.data;

import org.pixelrnn.image.ImageShape;

/**
 * Pictures by number: sub-pixel values {@code 0..255}, laid out {@code [height, width, channels]}.
 *
 * <p>Reading is a function of (split, epoch, index) alone, and safe from several threads, so that
 * batches can be decoded ahead of the training step and a resumed run sees the same ones.
 */
public interface ImageDataset extends AutoCloseable {

  /** Height, width and channels of each picture; levels is 256. */
  ImageShape shape();

  /** Pictures in a split; for an endless set, those that make up one epoch. */
  int size(Split split);

  /**
   * Writes one picture into {@code into}, of length {@code shape().dimensions()}.
   *
   * @param epoch which time round; only endless sets and random augmentations depend on it
   * @param index {@code 0 .. size(split) - 1}
   */
  void read(Split split, long epoch, int index, byte[] into);

  /** What it is called in provenance, for instance {@code mnist}. */
  String name();

  /** A SHA-256 in hexadecimal of what the pictures are made from. */
  String digest();

  @Override
  default void close() {}
}
