package org.pixelrnn.image;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A batch of images. Each sub-pixel is one unsigned byte: its level, {@code 0..K-1}. The layout is
 * {@code [n, height, width, channels]}, as in every signature of an exported model.
 */
public final class Images {
  private final ImageShape shape;
  private final byte[] levels;

  private Images(ImageShape shape, byte[] levels) {
    this.shape = shape;
    this.levels = levels;
  }

  /**
   * Wraps levels without a copy.
   *
   * @param shape the shape of each image
   * @param levels {@code [n, height, width, channels]}; the caller leaves it unchanged from now on
   * @throws IllegalArgumentException if the length is not a whole number of images, or if a level
   *     is K or more
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
   * Reads one image from a file and converts it to a shape and to its levels.
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

  /**
   * Joins batches, in order.
   *
   * @param batches at least one batch
   * @throws IllegalArgumentException if the batches have several shapes
   * @throws ArithmeticException if the images together exceed 2 GiB
   */
  public static Images concat(List<Images> batches) {
    ImageShape shape = batches.get(0).shape;
    byte[] all = new byte[Math.toIntExact(batches.stream().mapToLong(b -> b.levels.length).sum())];
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

  /** The number of images. */
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

  /**
   * Copies the images {@code from} (inclusive) to {@code to} (exclusive).
   *
   * @throws IndexOutOfBoundsException if there are no such images
   */
  public Images slice(int from, int to) {
    Objects.checkFromToIndex(from, to, count());
    int size = shape.dimensions();
    return new Images(shape, Arrays.copyOfRange(levels, from * size, to * size));
  }

  /**
   * Makes images {@code factor} times as high and as wide by repeating each pixel.
   *
   * @throws IllegalArgumentException if the shape of such an image is too large
   * @throws ArithmeticException if the images together exceed 2 GiB
   */
  public Images enlarged(int factor) {
    ImageShape large =
        new ImageShape(
            Math.multiplyExact(factor, shape.height()),
            Math.multiplyExact(factor, shape.width()),
            shape.channels(),
            shape.levels());
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

  /** All levels, {@code [n, height, width, channels]}. The array is shared: do not change it. */
  public byte[] levels() {
    return levels;
  }

  /** True if shape and levels are equal. */
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
