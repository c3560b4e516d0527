package org.pixelrnn.image;

/**
 * The size of the images that a picture is read for. A photograph that is much larger is read as
 * the means of blocks of its pixels: that takes less time and memory. The images of a photograph
 * differ by at most 2 levels of 256; those of small letters on white, in a JPEG of low quality, by
 * 3.
 *
 * @param height the rows of an image that shows the whole picture
 * @param width its columns
 */
public record WantedSize(int height, int width) {
  /** Smaller pictures are read as they are: each pixel counts as before. */
  private static final long PHOTOGRAPH = 1 << 20;

  /** The least number of blocks for each pixel of an image, down and across. */
  private static final int BLOCKS = 10;

  private static final int LARGEST_BLOCK = 8;

  /** Checks that both sizes are positive. */
  public WantedSize {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(height + "×" + width + ", expected at least 1×1");
    }
  }

  /** The size of a shape, for pictures of which as much as possible is shown. */
  public static WantedSize of(ImageShape shape) {
    return of(shape, 1);
  }

  /**
   * The size of a shape, for pictures of which only a part is shown.
   *
   * @param part the side of the smallest part, as a share of the largest one's side, in {@code (0,
   *     1]}
   */
  public static WantedSize of(ImageShape shape, double part) {
    return new WantedSize(
        (int) Math.ceil(shape.height() / part), (int) Math.ceil(shape.width() / part));
  }

  /** The side of the blocks of a picture in pixels: 1, 2, 4 or 8. */
  int block(int pictureHeight, int pictureWidth) {
    if ((long) pictureHeight * pictureWidth < PHOTOGRAPH) {
      return 1;
    }
    double step = Math.min((double) pictureHeight / height, (double) pictureWidth / width);
    int block = LARGEST_BLOCK;
    while (block > 1 && step < (double) BLOCKS * block) {
      block /= 2;
    }
    return block;
  }
}
