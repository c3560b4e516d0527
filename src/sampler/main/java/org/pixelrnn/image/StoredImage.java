package org.pixelrnn.image;

import java.awt.image.BufferedImage;

/**
 * A decoded image as it is stored, and how it is turned upright.
 *
 * @param image the image as stored
 * @param orientation how the camera was held
 * @param taken the bytes of the image, given back by {@link #close}
 */
record StoredImage(BufferedImage image, Orientation orientation, SharedBytes.Taken taken)
    implements AutoCloseable {
  /** The image upright. */
  BufferedImage upright() {
    return orientation.upright(image);
  }

  /** The picture upright, as means of blocks if it is much larger than it is wanted. */
  Picture picture(WantedSize wanted) {
    int rows = image.getHeight();
    int columns = image.getWidth();
    int block =
        orientation.transposes() ? wanted.block(columns, rows) : wanted.block(rows, columns);
    int channels = bytesOfPixel();
    if (block == 1 || channels == 0) {
      return Picture.of(upright());
    }
    int[] next = {0};
    float[] means =
        BlockMeans.of(
            rows,
            columns,
            channels,
            block,
            into -> image.getRaster().getDataElements(0, next[0]++, columns, 1, into));
    return BlockMeans.upright(
        means,
        new PictureSide(rows, block, 0),
        new PictureSide(columns, block, 0),
        channels,
        orientation);
  }

  /**
   * The channels if each has one byte that is its sample, in the order red, green, blue; else 0.
   */
  private int bytesOfPixel() {
    return switch (image.getType()) {
      case BufferedImage.TYPE_BYTE_GRAY -> 1;
      case BufferedImage.TYPE_3BYTE_BGR -> 3;
      default -> 0;
    };
  }

  @Override
  public void close() {
    taken.close();
  }
}
