package org.pixelrnn.image;

import org.pixelrnn.proto.v1.ModelConfig;

/**
 * What an image is: {@code height × width} pixels of {@code channels} sub-pixels (R, G, B), each
 * one of {@code levels} values.
 *
 * @param height rows, at least 1
 * @param width columns, at least 1
 * @param channels 1 (grey) or 3 (red, green, blue), or any other number of at least 1
 * @param levels values a sub-pixel can take, {@code 2..256}
 */
public record ImageShape(int height, int width, int channels, int levels) {

  /**
   * Checks the ranges; throws {@link IllegalArgumentException} that names the component otherwise.
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
  }

  /** The shape of the images that a network of this configuration models. */
  public static ImageShape of(ModelConfig model) {
    return new ImageShape(
        model.getHeight(), model.getWidth(), model.getChannels(), model.getLevels());
  }

  /** Pixels in an image, {@code height · width}. */
  public int pixels() {
    return height * width;
  }

  /** Sub-pixels (dimensions) of an image, {@code height · width · channels}. */
  public int dimensions() {
    return height * width * channels;
  }

  /**
   * Bits per dimension of a negative log-likelihood in nats per image: {@code nats / (H·W·C·ln 2)}.
   */
  public double bitsPerDimension(double nats) {
    return nats / (dimensions() * Math.log(2));
  }

  /** As a person writes it, {@code 28×28×1 of 2 levels}. */
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
