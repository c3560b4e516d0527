package org.pixelrnn.image;

/**
 * Quantisation: K levels {@code 0..K-1} of equal width cover the sub-pixel values {@code 0..255}.
 *
 * @param count the number K of levels, {@code 2..256}
 */
public record Levels(int count) {

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if there are fewer than 2 or more than 256 levels
   */
  public Levels {
    if (count < 2 || count > 256) {
      throw new IllegalArgumentException(count + " levels, but K is 2..256");
    }
  }

  /** The levels of the images of a shape. */
  public static Levels of(ImageShape shape) {
    return new Levels(shape.levels());
  }

  /**
   * The level of a value: {@code floor(value · K / 256)}.
   *
   * @param value {@code 0..255}
   */
  public int quantise(int value) {
    return value * count / 256;
  }

  /**
   * The value that shows a level: {@code ceil(255 · level / (K-1))}. Level 0 is black and level K-1
   * is white. The value is rounded up, not to the nearest, because then {@code
   * quantise(display(level)) = level} for every K: an image that is written and read again is
   * unchanged.
   *
   * @param level {@code 0..K-1}
   */
  public int display(int level) {
    return (255 * level + count - 2) / (count - 1);
  }

  /**
   * The colour of a pixel as {@code 0xRRGGBB}. Three channels are red, green and blue. With any
   * other number of channels the first is shown as grey.
   *
   * @param levels levels, with the sub-pixels of a pixel side by side
   * @param at the index of the pixel's first sub-pixel
   * @param channels the number of sub-pixels of a pixel
   */
  public int rgb(byte[] levels, int at, int channels) {
    int first = display(Byte.toUnsignedInt(levels[at]));
    if (channels != 3) {
      return first * 0x010101;
    }
    int green = display(Byte.toUnsignedInt(levels[at + 1]));
    int blue = display(Byte.toUnsignedInt(levels[at + 2]));
    return first << 16 | green << 8 | blue;
  }
}
