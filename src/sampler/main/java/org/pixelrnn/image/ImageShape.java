package org.pixelrnn.image;

import org.pixelrnn.proto.v1.ModelConfig;

/**
 * The shape of an image: {@code height × width} pixels, each of {@code channels} sub-pixels (R, G,
 * B), each of which has one of {@code levels} values. An image has at most 2³¹-1 logits, {@code
 * height · width · channels · levels}, so that all its sizes are ints.
 *
 * @param height rows, at least 1
 * @param width columns, at least 1
 * @param channels 1 for grey, 3 for red, green and blue; any number of at least 1 is allowed
 * @param levels the number K of values of a sub-pixel, {@code 2..256}
 */
public record ImageShape(int height, int width, int channels, int levels) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a number is out of its range; the message names it
   */
  public ImageShape {
    atLeast(1, height, "height");
    atLeast(1, width, "width");
    atLeast(1, channels, "channels");
    atLeast(2, levels, "levels");
    if (levels > 256) {
      throw new IllegalArgumentException(
          "levels = " + levels + ", but a level is one byte: at most 256");
    }
    long most = Integer.MAX_VALUE;
    if ((long) height * width > most / channels / levels) {
      throw new IllegalArgumentException(
          height
              + "×"
              + width
              + "×"
              + channels
              + " sub-pixels of "
              + levels
              + " levels, but height · width · channels · levels must be at most "
              + most);
    }
  }

  /** Reads the shape of the images of a model from its configuration. */
  public static ImageShape of(ModelConfig model) {
    return new ImageShape(
        model.getHeight(), model.getWidth(), model.getChannels(), model.getLevels());
  }

  /** The number of pixels of an image, {@code height · width}. */
  public int pixels() {
    return height * width;
  }

  /** The number of sub-pixels (dimensions) of an image, {@code height · width · channels}. */
  public int dimensions() {
    return height * width * channels;
  }

  /** The number of logits of an image, {@code height · width · channels · levels}. */
  public int logits() {
    return dimensions() * levels;
  }

  /**
   * Converts a negative log-likelihood from nats per image to bits per dimension: {@code nats /
   * (H·W·C·ln 2)}.
   */
  public double bitsPerDimension(double nats) {
    return nats / (dimensions() * Math.log(2));
  }

  /** Writes the shape, for instance {@code 28×28×1 of 2 levels}. */
  @Override
  public String toString() {
    return height + "×" + width + "×" + channels + " of " + levels + " levels";
  }

  private static void atLeast(int least, int value, String name) {
    if (value < least) {
      throw new IllegalArgumentException(
          name + " = " + value + ", but it must be at least " + least);
    }
  }
}
