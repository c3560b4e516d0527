package org.pixelrnn.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * A decoded picture, before it is converted to the shape of a model. It has one channel (grey) or
 * three (red, green, blue). Its samples are floats in {@code 0..255}, laid out {@code [height,
 * width, channels]}.
 *
 * <p>Grey is {@code 0.299 R + 0.587 G + 0.114 B}. Transparent pixels are laid on white. Scaling is
 * a cubic convolution (Keys, a = -1/2). When a picture shrinks, the kernel widens by the same
 * factor, so every pixel counts and nothing aliases; at large factors it is close to the mean over
 * the area.
 */
public final class Picture {
  private final int height;
  private final int width;
  private final int channels;
  private final float[] samples;

  private Picture(int height, int width, int channels, float[] samples) {
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.samples = samples;
  }

  /** Takes the samples of an image: one channel if it is stored as grey, otherwise three. */
  public static Picture of(BufferedImage image) {
    // getRGB would brighten stored grey, which Java takes for linear light.
    boolean grey =
        image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY
            && !(image.getColorModel() instanceof IndexColorModel);
    return grey ? grey(image) : colour(image);
  }

  /**
   * Makes a picture from values.
   *
   * @param channels 1 (grey) or 3 (red, green, blue)
   * @param values unsigned bytes, {@code [height, width, channels]}
   * @throws IllegalArgumentException if the number of values is another, or if {@code channels} is
   *     neither 1 nor 3
   */
  public static Picture of(int height, int width, int channels, byte[] values) {
    if ((channels != 1 && channels != 3)
        || height < 1
        || width < 1
        || values.length != (long) height * width * channels) {
      throw new IllegalArgumentException(
          values.length + " values, for " + height + "×" + width + "×" + channels);
    }
    float[] samples = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      samples[i] = Byte.toUnsignedInt(values[i]);
    }
    return new Picture(height, width, channels, samples);
  }

  private static Picture grey(BufferedImage image) {
    Raster raster = image.getRaster();
    float[] samples = new float[image.getHeight() * image.getWidth()];
    float white = (1 << image.getColorModel().getComponentSize(0)) - 1;
    boolean alpha = image.getColorModel().hasAlpha();
    for (int r = 0, at = 0; r < image.getHeight(); r++) {
      for (int c = 0; c < image.getWidth(); c++, at++) {
        float opaque = alpha ? raster.getSample(c, r, 1) / white : 1;
        samples[at] = 255 * (1 - opaque + opaque * raster.getSample(c, r, 0) / white);
      }
    }
    return new Picture(image.getHeight(), image.getWidth(), 1, samples);
  }

  private static Picture colour(BufferedImage image) {
    float[] samples = new float[image.getHeight() * image.getWidth() * 3];
    int[] row = new int[image.getWidth()];
    for (int r = 0, at = 0; r < image.getHeight(); r++) {
      image.getRGB(0, r, image.getWidth(), 1, row, 0, image.getWidth());
      for (int argb : row) {
        float opaque = (argb >>> 24) / 255f;
        for (int shift = 16; shift >= 0; shift -= 8) {
          samples[at++] = 255 * (1 - opaque) + opaque * (argb >> shift & 255);
        }
      }
    }
    return new Picture(image.getHeight(), image.getWidth(), 3, samples);
  }

  /** The number of rows. */
  public int height() {
    return height;
  }

  /** The number of columns. */
  public int width() {
    return width;
  }

  /**
   * Converts the picture to a shape: it is cut to the aspect ratio around its centre, scaled, and
   * made grey or colour.
   *
   * @param shape the height, width and channels to convert to; its levels do not matter
   * @return unsigned bytes, {@code [height, width, channels]}
   * @throws InputException if the shape has neither 1 nor 3 channels
   */
  public byte[] values(ImageShape shape) {
    Picture wanted =
        toAspect(shape.height(), shape.width())
            .scaled(shape.height(), shape.width())
            .toChannels(shape.channels());
    byte[] values = new byte[wanted.samples.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) Math.max(0, Math.min(255, Math.round(wanted.samples[i])));
    }
    return values;
  }

  private Picture toAspect(int wantedHeight, int wantedWidth) {
    // The largest box with this aspect ratio.
    double unit = Math.min((double) height / wantedHeight, (double) width / wantedWidth);
    int h = Math.max(1, (int) Math.round(unit * wantedHeight));
    int w = Math.max(1, (int) Math.round(unit * wantedWidth));
    return cut((height - h) / 2, (width - w) / 2, h, w);
  }

  /** Cuts out the box of {@code h × w} pixels whose upper left pixel is (top, left). */
  public Picture cut(int top, int left, int h, int w) {
    if (h == height && w == width) {
      return this;
    }
    float[] part = new float[h * w * channels];
    for (int r = 0; r < h; r++) {
      int from = ((top + r) * width + left) * channels;
      System.arraycopy(samples, from, part, r * w * channels, w * channels);
    }
    return new Picture(h, w, channels, part);
  }

  private Picture scaled(int wantedHeight, int wantedWidth) {
    // Columns first: one weight then serves a whole row.
    return stretchedRows(wantedHeight).transposed().stretchedRows(wantedWidth).transposed();
  }

  /** Scales the height. Each new row is a weighted mean of the rows that it covers. */
  private Picture stretchedRows(int wanted) {
    if (wanted == height) {
      return this;
    }
    int row = width * channels;
    float[] out = new float[wanted * row];
    double step = (double) height / wanted;
    double reach = Math.max(1, step);
    for (int r = 0; r < wanted; r++) {
      double centre = (r + 0.5) * step - 0.5;
      int first = Math.max(0, (int) Math.ceil(centre - 2 * reach));
      int last = Math.min(height - 1, (int) Math.floor(centre + 2 * reach));
      double total = 0;
      for (int from = first; from <= last; from++) {
        total += cubic((from - centre) / reach);
      }
      for (int from = first; from <= last; from++) {
        float weight = (float) (cubic((from - centre) / reach) / total);
        for (int i = 0; i < row; i++) {
          out[r * row + i] += weight * samples[from * row + i];
        }
      }
    }
    return new Picture(wanted, width, channels, out);
  }

  private static double cubic(double t) {
    double x = Math.abs(t);
    if (x < 1) {
      return (1.5 * x - 2.5) * x * x + 1;
    }
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  }

  private Picture transposed() {
    float[] out = new float[samples.length];
    for (int r = 0; r < height; r++) {
      for (int c = 0; c < width; c++) {
        System.arraycopy(
            samples, (r * width + c) * channels, out, (c * height + r) * channels, channels);
      }
    }
    return new Picture(width, height, channels, out);
  }

  private Picture toChannels(int wanted) {
    if (wanted != 1 && wanted != 3) {
      throw new InputException(
          "a picture is grey (1 channel) or red, green, blue (3); the model has " + wanted);
    }
    if (wanted == channels) {
      return this;
    }
    float[] out = new float[height * width * wanted];
    for (int i = 0; i < height * width; i++) {
      if (wanted == 1) {
        out[i] =
            0.299f * samples[3 * i] + 0.587f * samples[3 * i + 1] + 0.114f * samples[3 * i + 2];
      } else {
        out[3 * i] = out[3 * i + 1] = out[3 * i + 2] = samples[i];
      }
    }
    return new Picture(height, width, wanted, out);
  }
}
