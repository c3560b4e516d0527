package org.pixelrnn.data;

import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Picture;

/**
 * How a picture of any size becomes one of a model's shape: the largest box of the model's
 * proportions around the centre or, for training with {@code data.random_crop}, a box anywhere;
 * then scaled.
 *
 * @param shape the wanted height, width and channels
 * @param randomCrop the least side of a training box, as a share of the largest; 0 for the centre
 */
record Framing(ImageShape shape, double randomCrop) {
  private static final long CROP = 0xC809;

  /** The values {@code 0..255} of a picture, {@code [height, width, channels]}. */
  byte[] values(Picture picture, Split split, long epoch, int index) {
    if (split == Split.TRAIN && randomCrop > 0) {
      return box(picture, new SplitMix(CROP, epoch, index)).values(shape);
    }
    return picture.values(shape);
  }

  private Picture box(Picture picture, SplitMix random) {
    double unit =
        Math.min(
                (double) picture.height() / shape.height(),
                (double) picture.width() / shape.width())
            * random.uniform(randomCrop, 1);
    int height = (int) Math.max(1, Math.round(unit * shape.height()));
    int width = (int) Math.max(1, Math.round(unit * shape.width()));
    int top = random.nextInt(picture.height() - height + 1);
    int left = random.nextInt(picture.width() - width + 1);
    return picture.cut(top, left, height, width);
  }
}
