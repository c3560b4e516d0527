package org.pixelrnn.sampler;

import java.util.Arrays;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;

/**
 * Images of which some pixels are known. Sampling keeps the known pixels, and each sampled pixel
 * depends on the known pixels before it.
 */
public final class KnownPixels {
  private final Images images;
  private final boolean[] mask;

  private KnownPixels(Images images, boolean[] mask) {
    this.images = images;
    this.mask = mask;
  }

  /**
   * Marks the known pixels of images.
   *
   * @param images the levels of unknown pixels do not matter
   * @param known true where a pixel is known: {@code [n, height, width]}, or {@code [height,
   *     width]} for all images alike; the caller leaves it unchanged from now on
   * @throws InputException if {@code known} has neither length
   */
  public static KnownPixels of(Images images, boolean[] known) {
    int pixels = images.shape().pixels();
    int all = Math.multiplyExact(images.count(), pixels);
    if (known.length == all) {
      return new KnownPixels(images, known);
    }
    if (known.length != pixels) {
      throw new InputException(
          "known has "
              + known.length
              + " pixels; expected those of one image or of "
              + images.count()
              + ", each "
              + images.shape());
    }
    boolean[] repeated = new boolean[all];
    for (int from = 0; from < all; from += pixels) {
      System.arraycopy(known, 0, repeated, from, pixels);
    }
    return new KnownPixels(images, repeated);
  }

  /** Makes images without a known pixel. */
  static KnownPixels none(ImageShape shape, int count) {
    return new KnownPixels(
        Images.of(shape, new byte[Math.multiplyExact(count, shape.dimensions())]),
        new boolean[Math.multiplyExact(count, shape.pixels())]);
  }

  /** The images. Levels of unknown pixels do not matter. */
  public Images images() {
    return images;
  }

  /** True where a pixel is known, {@code [n, height, width]}; shared, not to be changed. */
  public boolean[] mask() {
    return mask;
  }

  /** The levels of one row of all images, {@code [n, width, channels]}. */
  byte[] levelsOfRow(int row) {
    ImageShape shape = images.shape();
    int size = shape.width() * shape.channels();
    byte[] levels = new byte[images.count() * size];
    for (int i = 0; i < images.count(); i++) {
      System.arraycopy(images.levels(), (i * shape.height() + row) * size, levels, i * size, size);
    }
    return levels;
  }

  /** True where a pixel of one row of all images is known, {@code [n, width]}. */
  boolean[] maskOfRow(int row) {
    ImageShape shape = images.shape();
    int size = shape.width();
    boolean[] known = new boolean[images.count() * size];
    for (int i = 0; i < images.count(); i++) {
      System.arraycopy(mask, (i * shape.height() + row) * size, known, i * size, size);
    }
    return known;
  }

  /** True if images and mask are equal. */
  @Override
  public boolean equals(Object other) {
    return other instanceof KnownPixels that
        && images.equals(that.images)
        && Arrays.equals(mask, that.mask);
  }

  @Override
  public int hashCode() {
    return 31 * images.hashCode() + Arrays.hashCode(mask);
  }

  @Override
  public String toString() {
    int known = 0;
    for (boolean pixel : mask) {
      known += pixel ? 1 : 0;
    }
    return known + " known pixels in " + images;
  }
}
