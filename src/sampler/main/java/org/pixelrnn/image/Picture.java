package org.pixelrnn.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;

/**
 * A decoded picture, before it is converted to the shape of a model. It has one channel (grey) or
 * three (red, green, blue). Its samples are floats in {@code 0..255}, laid out {@code [height,
 * width, channels]}.
 *
 * <p>Grey is {@code 0.299 R + 0.587 G + 0.114 B}. Transparent pixels are laid on white. Scaling is
 * a cubic convolution (Keys, a = -1/2). When a picture shrinks, the kernel widens by the same
 * factor, so every pixel counts and nothing aliases; at large factors it is close to the mean over
 * the area.
 *
 * <p>The samples are made from the image as they are needed, a row at a time. So a large picture
 * needs little memory besides the image itself. A sample may also be the mean of a block of pixels,
 * if the picture was decoded at a reduced size: the height and the width still count pixels.
 */
public final class Picture {
  private final PictureSide height;
  private final PictureSide width;
  private final int channels;
  private final Samples samples;

  /** Where the samples come from. */
  private interface Samples {
    /** Copies {@code count} samples of all channels of a row, from column {@code left} on. */
    void copy(int row, int left, int count, float[] into);
  }

  private Picture(PictureSide height, PictureSide width, int channels, Samples samples) {
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.samples = samples;
  }

  /** Makes a picture from its samples, {@code [height, width, channels]} in blocks. */
  static Picture of(PictureSide height, PictureSide width, int channels, float[] samples) {
    int columns = width.samples();
    return new Picture(
        height,
        width,
        channels,
        (row, left, count, into) ->
            System.arraycopy(
                samples, (row * columns + left) * channels, into, 0, count * channels));
  }

  /**
   * Takes the samples of an image: one channel if it is stored as grey of at most 16 bits,
   * otherwise three.
   *
   * @param image the picture reads it as long as it is used: do not change it
   */
  public static Picture of(BufferedImage image) {
    ColorModel colours = image.getColorModel();
    // getRGB would brighten stored grey, which Java takes for linear light.
    boolean grey =
        colours.getColorSpace().getType() == ColorSpace.TYPE_GRAY
            && !(colours instanceof IndexColorModel)
            && (colours.getTransferType() == DataBuffer.TYPE_BYTE
                || colours.getTransferType() == DataBuffer.TYPE_USHORT);
    return new Picture(
        PictureSide.of(image.getHeight()),
        PictureSide.of(image.getWidth()),
        grey ? 1 : 3,
        grey ? grey(image) : colour(image));
  }

  /**
   * Makes a picture from values.
   *
   * @param channels 1 (grey) or 3 (red, green, blue)
   * @param values unsigned bytes, {@code [height, width, channels]}; the picture reads them as long
   *     as it is used: do not change them
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
    return new Picture(
        PictureSide.of(height),
        PictureSide.of(width),
        channels,
        (row, left, count, into) -> {
          int from = (row * width + left) * channels;
          for (int i = 0; i < count * channels; i++) {
            into[i] = Byte.toUnsignedInt(values[from + i]);
          }
        });
  }

  private static Samples grey(BufferedImage image) {
    float white = (1 << image.getColorModel().getComponentSize(0)) - 1;
    boolean alpha = image.getColorModel().hasAlpha();
    boolean multiplied = image.isAlphaPremultiplied();
    return (row, left, count, into) -> {
      image.getRaster().getSamples(left, row, count, 1, 0, into);
      float[] opacity = new float[alpha ? count : 0];
      if (alpha) {
        image.getRaster().getSamples(left, row, count, 1, 1, opacity);
      }
      for (int i = 0; i < count; i++) {
        float opaque = alpha ? opacity[i] / white : 1;
        into[i] = 255 * (1 - opaque + (multiplied ? 1 : opaque) * into[i] / white);
      }
    };
  }

  private static Samples colour(BufferedImage image) {
    return (row, left, count, into) -> {
      int at = 0;
      for (int argb : image.getRGB(left, row, count, 1, null, 0, count)) {
        float opaque = (argb >>> 24) / 255f;
        for (int shift = 16; shift >= 0; shift -= 8) {
          into[at++] = 255 * (1 - opaque) + opaque * (argb >> shift & 255);
        }
      }
    };
  }

  /** The rows of pixels. */
  public int height() {
    return height.pixels();
  }

  /** The columns of pixels. */
  public int width() {
    return width.pixels();
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
    float[] samples = wanted.toArray();
    byte[] values = new byte[samples.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) Math.max(0, Math.min(255, Math.round(samples[i])));
    }
    return values;
  }

  private Picture toAspect(int wantedHeight, int wantedWidth) {
    // The largest box with this aspect ratio.
    double unit = Math.min((double) height() / wantedHeight, (double) width() / wantedWidth);
    int h = Math.max(1, (int) Math.round(unit * wantedHeight));
    int w = Math.max(1, (int) Math.round(unit * wantedWidth));
    return cut((height() - h) / 2, (width() - w) / 2, h, w);
  }

  /** Cuts out the box of {@code h × w} pixels whose upper left pixel is (top, left). */
  public Picture cut(int top, int left, int h, int w) {
    if (h == height() && w == width()) {
      return this;
    }
    int firstRow = height.sampleOf(top);
    int firstColumn = width.sampleOf(left);
    return new Picture(
        height.part(top, h),
        width.part(left, w),
        channels,
        (row, from, count, into) -> samples.copy(firstRow + row, firstColumn + from, count, into));
  }

  /** All samples, {@code [height, width, channels]}. */
  private float[] toArray() {
    float[] row = new float[width.samples() * channels];
    float[] all = new float[height.samples() * row.length];
    for (int r = 0; r < height.samples(); r++) {
      samples.copy(r, 0, width.samples(), row);
      System.arraycopy(row, 0, all, r * row.length, row.length);
    }
    return all;
  }

  private Picture scaled(int wantedHeight, int wantedWidth) {
    // Columns first: one weight then serves a whole row.
    return stretchedRows(wantedHeight).transposed().stretchedRows(wantedWidth).transposed();
  }

  /** Scales the height. Each new row is a weighted mean of the rows that it covers. */
  private Picture stretchedRows(int wanted) {
    if (wanted == height() && height.block() == 1) {
      return this;
    }
    CubicScaling scaling = new CubicScaling(height, wanted);
    float[] row = new float[width.samples() * channels];
    float[] out = new float[wanted * row.length];
    // The rows above `next` have all that they need.
    int next = 0;
    for (int from = 0; from < height.samples(); from++) {
      samples.copy(from, 0, width.samples(), row);
      while (next < wanted && scaling.last(next) < from) {
        next++;
      }
      for (int r = next; r < wanted && scaling.first(r) <= from; r++) {
        float weight = scaling.weight(r, from);
        for (int i = 0; i < row.length; i++) {
          out[r * row.length + i] += weight * row[i];
        }
      }
    }
    return of(PictureSide.of(wanted), width, channels, out);
  }

  private Picture transposed() {
    int rows = height.samples();
    float[] row = new float[width.samples() * channels];
    float[] out = new float[rows * row.length];
    for (int r = 0; r < rows; r++) {
      samples.copy(r, 0, width.samples(), row);
      for (int c = 0; c < width.samples(); c++) {
        System.arraycopy(row, c * channels, out, (c * rows + r) * channels, channels);
      }
    }
    return of(width, height, channels, out);
  }

  private Picture toChannels(int wanted) {
    if (wanted != 1 && wanted != 3) {
      throw new InputException(
          "a picture is grey (1 channel) or red, green, blue (3); the model has " + wanted);
    }
    if (wanted == channels) {
      return this;
    }
    float[] from = toArray();
    int pixels = height() * width();
    float[] out = new float[pixels * wanted];
    for (int i = 0; i < pixels; i++) {
      if (wanted == 1) {
        out[i] = 0.299f * from[3 * i] + 0.587f * from[3 * i + 1] + 0.114f * from[3 * i + 2];
      } else {
        out[3 * i] = out[3 * i + 1] = out[3 * i + 2] = from[i];
      }
    }
    return of(height, width, wanted, out);
  }
}
