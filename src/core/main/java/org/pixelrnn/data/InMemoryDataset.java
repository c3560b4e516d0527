package org.pixelrnn.data;

import com.google.common.base.Suppliers;
import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.util.Objects;
import java.util.function.Supplier;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;

/** A data set of images in memory: see {@link ImageDataset#of}. */
final class InMemoryDataset implements ImageDataset {
  private final String name;
  private final ImageShape shape;
  private final ImmutableMap<Split, Images> images;
  private final Supplier<String> digest = Suppliers.memoize(this::hash);

  private InMemoryDataset(String name, ImageShape shape, ImmutableMap<Split, Images> images) {
    this.name = name;
    this.shape = shape;
    this.images = images;
  }

  /** Checks the shape of each split; throws {@link InputException} as {@link ImageDataset#of}. */
  static InMemoryDataset of(String name, Images train, Images validation, Images test) {
    ImageShape first = train.shape();
    ImageShape expected = new ImageShape(first.height(), first.width(), first.channels(), 256);
    requireShape(name, "training", train, expected);
    requireShape(name, "validation", validation, expected);
    requireShape(name, "test", test, expected);
    if (train.count() == 0) {
      throw new InputException(
          "data " + name + ": there are no training images, expected at least one");
    }
    return new InMemoryDataset(
        name,
        expected,
        ImmutableMap.of(Split.TRAIN, train, Split.VALIDATION, validation, Split.TEST, test));
  }

  private static void requireShape(String name, String split, Images images, ImageShape expected) {
    if (!images.shape().equals(expected)) {
      throw new InputException(
          "data "
              + name
              + ": the "
              + split
              + " images are "
              + images.shape()
              + ", expected "
              + expected);
    }
  }

  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public int size(Split split) {
    return images.get(split).count();
  }

  @Override
  public void read(Split split, long epoch, int index, byte[] into) {
    Objects.checkIndex(index, size(split));
    int length = shape.dimensions();
    System.arraycopy(images.get(split).levels(), index * length, into, 0, length);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String digest() {
    return digest.get();
  }

  private String hash() {
    Hasher sha = Hashing.sha256().newHasher();
    sha.putInt(shape.height()).putInt(shape.width()).putInt(shape.channels());
    for (Split split : Split.values()) {
      // The counts tell where one split ends and the next one begins.
      sha.putInt(size(split)).putBytes(images.get(split).levels());
    }
    return sha.hash().toString();
  }
}
