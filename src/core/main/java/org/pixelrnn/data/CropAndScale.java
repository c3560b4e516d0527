package org.pixelrnn.data;

import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Picture;
import org.pixelrnn.image.WantedSize;

/**
 * Turns a picture of any size into an image of a model's shape: crops it to the model's
 * proportions, then scales it.
 *
 * <p>The crop is the largest one around the centre. With {@code data.random_crop}, a training
 * picture gets a random crop instead, of random size and place.
 *
 * @param shape the height, width and channels of the image
 * @param randomCrop the smallest side of a random crop, as a share of the largest crop's side; 0
 *     always crops around the centre
 */
record CropAndScale(ImageShape shape, double randomCrop) {
  /** Keeps these random numbers apart from others with the same epoch and index. */
  private static final long CROP = 0xC809;

  /** The size for which pictures of a split are read. */
  WantedSize wanted(Split split) {
    return WantedSize.of(shape, split == Split.TRAIN && randomCrop > 0 ? randomCrop : 1);
  }

  /** The image's values {@code 0..255}, {@code [height, width, channels]}. */
  byte[] apply(Picture picture, Split split, long epoch, int index) {
    if (split == Split.TRAIN && randomCrop > 0) {
      return crop(picture, new KeyedRandom(CROP, epoch, index)).values(shape);
    }
    return picture.values(shape);
  }

  private Picture crop(Picture picture, KeyedRandom random) {
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
