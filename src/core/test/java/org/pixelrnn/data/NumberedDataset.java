package org.pixelrnn.data;

import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.DataConfig;

/** A data set of 1×3 images. The values of an image are its epoch and its index. */
record NumberedDataset(int train, int test) implements ImageDataset {
  /** The default configuration of data. */
  static final DataConfig CONFIG = DataConfig.getDefaultInstance();

  /** The epoch of an image in a batch of 256 levels. */
  static int epoch(Images images, int image) {
    return images.level(image, 0, 0, 0);
  }

  /** The index of an image in a batch of 256 levels. */
  static int index(Images images, int image) {
    return images.level(image, 0, 1, 0) << 8 | images.level(image, 0, 2, 0);
  }

  @Override
  public ImageShape shape() {
    return new ImageShape(1, 3, 1, 256);
  }

  @Override
  public int size(Split split) {
    return split == Split.TRAIN ? train : test;
  }

  @Override
  public void read(Split split, long epoch, int index, byte[] into) {
    into[0] = (byte) epoch;
    into[1] = (byte) (index >> 8);
    into[2] = (byte) index;
  }

  @Override
  public String name() {
    return "numbered";
  }

  @Override
  public String digest() {
    return "";
  }
}
