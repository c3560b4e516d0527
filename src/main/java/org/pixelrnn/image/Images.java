package org.pixelrnn.image;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A batch of images as level indices {@code 0..K-1}, one unsigned byte a sub-pixel, laid out {@code
 * [n, height, width, channels]} as in every signature of an exported model.
 */
public final class Images {
  private final ImageShape shape;
  private final byte[] levels;

  private Images(ImageShape shape, byte[] levels) {
    this.shape = shape;
    this.levels = levels;
  }

  /**
   * Wraps level indices, without a copy.
   *
   * @param shape the shape of each image
   * @param levels {@code [n, height, width, channels]}; the caller leaves it unchanged from now on
   * @throws IllegalArgumentException if the length is not a whole number of images, or a level is
   *     not below K
   */
  public static Images of(ImageShape shape, byte[] levels) {
    if (levels.length % shape.dimensions() != 0) {
      throw new IllegalArgumentException(
          levels.length + " levels are not a whole number of images of " + shape);
    }
    for (byte level : levels) {
      if (Byte.toUnsignedInt(level) >= shape.levels()) {
        throw new IllegalArgumentException(
            "level " + Byte.toUnsignedInt(level) + " in images of " + shape);
      }
    }
    return new Images(shape, levels);
  }

  /**
   * The one image in a file, brought to a shape and to its levels.
   *
   * @throws InputException as {@link ImageFile#read} does
   */
  public static Images read(Path file, ImageShape shape) {
    Levels levels = Levels.of(shape);
    byte[] values = ImageFile.read(file, shape);
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) levels.quantise(Byte.toUnsignedInt(values[i]));
    }
    return new Images(shape, values);
  }

  /** All images of several batches of one shape, in order. */
  public static Images concat(List<Images> batches) {
    ImageShape shape = batches.get(0).shape;
    byte[] all = new byte[batches.stream().mapToInt(b -> b.levels.length).sum()];
    int at = 0;
    for (Images batch : batches) {
      if (!batch.shape.equals(shape)) {
        throw new IllegalArgumentException(batch.shape + " beside " + shape);
      }
      System.arraycopy(batch.levels, 0, all, at, batch.levels.length);
      at += batch.levels.length;
    }
    return new Images(shape, all);
  }

  /** The shape of each image. */
  public ImageShape shape() {
    return shape;
  }

  /** How many images there are. */
  public int count() {
    return levels.length / shape.dimensions();
  }

  /** The level of one sub-pixel, {@code 0..K-1}. */
  public int level(int image, int row, int column, int channel) {
    return Byte.toUnsignedInt(
        levels[
            ((image * shape.height() + row) * shape.width() + column) * shape.channels()
                + channel]);
  }

  /** Images {@code from} (inclusive) to {@code to} (exclusive), copied. */
  public Images slice(int from, int to) {
    int size = shape.dimensions();
    return new Images(shape, Arrays.copyOfRange(levels, from * size, to * size));
  }

  /** The same images with each pixel repeated, {@code factor} times as high and as wide. */
  public Images enlarged(int factor) {
    ImageShape large =
        new ImageShape(
            factor * shape.height(), factor * shape.width(), shape.channels(), shape.levels());
    byte[] all = new byte[Math.multiplyExact(count(), large.dimensions())];
    for (int pixel = 0; pixel < all.length / large.channels(); pixel++) {
      int row = pixel / large.width() / factor;
      int column = pixel % large.width() / factor;
      System.arraycopy(
          levels,
          (row * shape.width() + column) * shape.channels(),
          all,
          pixel * shape.channels(),
          shape.channels());
    }
    return new Images(large, all);
  }

  /** All level indices, {@code [n, height, width, channels]}; shared, not to be changed. */
  public byte[] levels() {
    return levels;
  }

  /** Equal shape and equal levels. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Images that
        && shape.equals(that.shape)
        && Arrays.equals(levels, that.levels);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(levels);
  }

  @Override
  public String toString() {
    return count() + " images of " + shape;
  }
}
