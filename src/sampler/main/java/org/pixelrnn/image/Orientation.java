package org.pixelrnn.image;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;

/**
 * How the camera was held, as the Exif tag Orientation says. Its values are 1 to 8, in this order.
 * Each is named after the side of the upright picture at which the first stored row and the first
 * stored column belong.
 */
enum Orientation {
  TOP_LEFT(false, false, false),
  TOP_RIGHT(false, false, true),
  BOTTOM_RIGHT(false, true, true),
  BOTTOM_LEFT(false, true, false),
  LEFT_TOP(true, false, false),
  RIGHT_TOP(true, true, false),
  RIGHT_BOTTOM(true, true, true),
  LEFT_BOTTOM(true, false, true);

  /** True if stored rows are shown as columns. */
  private final boolean transposed;

  private final boolean lastRowFirst;
  private final boolean lastColumnFirst;

  Orientation(boolean transposed, boolean lastRowFirst, boolean lastColumnFirst) {
    this.transposed = transposed;
    this.lastRowFirst = lastRowFirst;
    this.lastColumnFirst = lastColumnFirst;
  }

  /** The orientation that Exif data tell; {@link #TOP_LEFT}, as stored, if they tell none. */
  static Orientation of(TiffDirectory exif) {
    int value = exif.first(TiffDirectory.ORIENTATION, 1);
    return value >= 1 && value <= values().length ? values()[value - 1] : TOP_LEFT;
  }

  /** Turns a stored picture upright. Its samples stay as they are. */
  BufferedImage upright(BufferedImage stored) {
    if (this == TOP_LEFT) {
      return stored;
    }
    int rows = stored.getHeight();
    int columns = stored.getWidth();
    WritableRaster shown =
        stored
            .getColorModel()
            .createCompatibleWritableRaster(
                transposed ? rows : columns, transposed ? columns : rows);
    Object sample = null;
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        int down = lastRowFirst ? rows - 1 - r : r;
        int right = lastColumnFirst ? columns - 1 - c : c;
        sample = stored.getRaster().getDataElements(c, r, sample);
        shown.setDataElements(transposed ? down : right, transposed ? right : down, sample);
      }
    }
    return new BufferedImage(stored.getColorModel(), shown, stored.isAlphaPremultiplied(), null);
  }

  /** True if stored rows are shown as columns. */
  boolean transposes() {
    return transposed;
  }

  /** The side of the upright picture along which stored rows follow each other. */
  PictureSide rows(PictureSide stored) {
    return lastRowFirst ? stored.reversed() : stored;
  }

  /** The side of the upright picture along which stored columns follow each other. */
  PictureSide columns(PictureSide stored) {
    return lastColumnFirst ? stored.reversed() : stored;
  }

  /**
   * Turns stored samples upright.
   *
   * @param stored {@code [rows, columns, channels]}
   * @return {@code [rows, columns, channels]}, or {@code [columns, rows, channels]} if {@link
   *     #transposes}
   */
  float[] upright(float[] stored, int rows, int columns, int channels) {
    if (this == TOP_LEFT) {
      return stored;
    }
    float[] shown = new float[stored.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        int down = lastRowFirst ? rows - 1 - r : r;
        int right = lastColumnFirst ? columns - 1 - c : c;
        int to = transposed ? right * rows + down : down * columns + right;
        System.arraycopy(stored, (r * columns + c) * channels, shown, to * channels, channels);
      }
    }
    return shown;
  }
}
