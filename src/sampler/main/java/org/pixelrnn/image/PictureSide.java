package org.pixelrnn.image;

/**
 * The height or the width of a picture whose samples are means of blocks of pixels. The first and
 * the last block may reach over the ends:
 *
 * <pre>
 *   samples      |    0    |    1    |    2    |
 *   pixels           0 1 2 3 4 5 6 7 8 9           10 pixels in blocks of 5, 2 before the first
 * </pre>
 *
 * @param pixels the pixels of the picture
 * @param block the pixels of a sample; 1 if every pixel has a sample of its own
 * @param before the places of the first block that lie before the first pixel
 */
record PictureSide(int pixels, int block, int before) {
  PictureSide {
    if (pixels < 1 || block < 1 || before < 0 || before >= block) {
      throw new IllegalArgumentException(
          pixels + " pixels in blocks of " + block + " from " + before);
    }
  }

  /** A side on which every pixel has a sample of its own. */
  static PictureSide of(int pixels) {
    return new PictureSide(pixels, 1, 0);
  }

  /** The number of samples. */
  int samples() {
    return (pixels + before - 1) / block + 1;
  }

  /** The sample of which a pixel is a part. */
  int sampleOf(int pixel) {
    return (pixel + before) / block;
  }

  /** The first pixel of a sample. */
  int first(int sample) {
    return Math.max(0, sample * block - before);
  }

  /** The last pixel of a sample. */
  int last(int sample) {
    return Math.min(pixels, (sample + 1) * block - before) - 1;
  }

  /** The side of a part of the picture. Its sample 0 is {@code sampleOf(from)} of this side. */
  PictureSide part(int from, int count) {
    return new PictureSide(count, block, (from + before) % block);
  }

  /** This side, counted from its other end. */
  PictureSide reversed() {
    return new PictureSide(pixels, block, samples() * block - before - pixels);
  }
}
