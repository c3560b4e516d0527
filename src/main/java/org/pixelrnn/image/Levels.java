package org.pixelrnn.image;

/**
 * Quantisation: sub-pixel values {@code 0..255} as {@code K} equally wide levels {@code 0..K-1}.
 *
 * @param count K, {@code 2..256}
 */
public record Levels(int count) {

  /** Checks the range; throws {@link IllegalArgumentException} otherwise. */
  public Levels {
    if (count < 2 || count > 256) {
      throw new IllegalArgumentException(count + " levels, but K is 2..256");
    }
  }

  /** The levels of images of this shape. */
  public static Levels of(ImageShape shape) {
    return new Levels(shape.levels());
  }

  /** The level of a value: {@code floor(value · K / 256)}. */
  public int quantise(int value) {
    return value * count / 256;
  }

  /**
   * The value that shows a level, {@code ceil(255 · level / (K-1))}: 0 is black, K-1 white. Rounded
   * up and not to the nearest, for then {@code quantise(display(level)) = level} for every K: a
   * drawn image that is read again is the same image.
   */
  public int display(int level) {
    return (255 * level + count - 2) / (count - 1);
  }

  /**
   * The colour of a pixel as {@code 0xRRGGBB}: of three channels red, green and blue; of any other
   * number the grey of the first.
   *
   * @param levels level indices in which a pixel's {@code channels} sub-pixels stand side by side
   * @param at where the pixel begins
   */
  int rgb(byte[] levels, int at, int channels) {
    int first = display(Byte.toUnsignedInt(levels[at]));
    if (channels != 3) {
      return first * 0x010101;
    }
    int green = display(Byte.toUnsignedInt(levels[at + 1]));
    int blue = display(Byte.toUnsignedInt(levels[at + 2]));
    return first << 16 | green << 8 | blue;
  }
}
