package org.pixelrnn.data;

import java.util.Arrays;
import org.pixelrnn.image.ImageShape;

/** A data set in which every sub-pixel has the same value. */
record ConstantDataset(int value, ImageShape shape, int count) implements ImageDataset {

  @Override
  public int size(Split split) {
    return count;
  }

  @Override
  public void read(Split split, long epoch, int index, byte[] into) {
    Arrays.fill(into, (byte) value);
  }

  @Override
  public String name() {
    return "constant";
  }

  @Override
  public String digest() {
    return "";
  }
}
