package org.pixelrnn.data;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;

/**
 * A data set: images by split and index, each an array of values {@code 0..255}, laid out {@code
 * [height, width, channels]}.
 *
 * <p>An image depends on (split, epoch, index) alone. Methods may be called from several threads at
 * once. So batches can be decoded ahead of the training step, and a resumed run sees the batches
 * that it would have seen.
 *
 * <p>{@link Datasets} opens the data sets that this library knows. {@link #of} makes one of images
 * in memory:
 *
 * <pre>{@code
 * ImageShape shape = new ImageShape(28, 28, 1, 256);
 * ImageDataset data =
 *     ImageDataset.of(
 *         "digits",
 *         Images.of(shape, trainingValues), // [n, 28, 28, 1]
 *         Images.of(shape, validationValues),
 *         Images.of(shape, testValues));
 *
 * ImageShape binary = new ImageShape(28, 28, 1, 2);
 * DataConfig config = DataConfig.getDefaultInstance();
 * Images batch = new TrainingBatches(data, binary, config, 16, 1).batch(0);
 * }</pre>
 */
public interface ImageDataset extends AutoCloseable {

  /**
   * A data set of images in memory. The images are not copied: the caller leaves them unchanged
   * from now on.
   *
   * <p>Its digest is a SHA-256 of the shape and of all values of each split. The name does not
   * change it.
   *
   * @param name the name of the data set in provenance and in messages
   * @param train at least one image of 256 levels
   * @param validation images of the same shape; none are allowed
   * @param test images of the same shape; none are allowed
   * @throws InputException if a split has another shape or number of levels, or if {@code train} is
   *     empty
   */
  static ImageDataset of(String name, Images train, Images validation, Images test) {
    return InMemoryDataset.of(name, train, validation, test);
  }

  /** The height, width and channels of each image, with 256 levels. */
  ImageShape shape();

  /** The number of images in a split. In an endless split, the number of images in one epoch. */
  int size(Split split);

  /**
   * Reads one image.
   *
   * @param epoch the epoch, from 0; only endless splits and random crops depend on it
   * @param index {@code 0 .. size(split) - 1}
   * @param into receives the values {@code 0..255}; its length is {@code shape().dimensions()}
   * @throws IndexOutOfBoundsException if there is no such index
   * @throws InputException if the image cannot be read
   */
  void read(Split split, long epoch, int index, byte[] into);

  /** The name of the data set in provenance, for instance {@code mnist}. */
  String name();

  /**
   * The name of one image, for people: the path of a picture's file, or the split and the index,
   * for instance {@code test/17}.
   *
   * @param index {@code 0 .. size(split) - 1}
   * @return empty if {@link #read} found the picture broken and gave another one in its place
   * @throws IndexOutOfBoundsException if there is no such index
   */
  default Optional<String> imageName(Split split, int index) {
    Objects.checkIndex(index, size(split));
    return Optional.of(split.name().toLowerCase(Locale.ROOT) + "/" + index);
  }

  /** A SHA-256 in hexadecimal that changes when the images change. */
  String digest();

  /**
   * A SHA-256 in hexadecimal that several workers compare before they train together. It covers
   * more than {@link #digest} where that one covers only a part of the files, and may take as long
   * as reading 1 GiB of them. The default is {@link #digest}.
   *
   * @throws InputException if a file cannot be read
   */
  default String fullDigest() {
    return digest();
  }

  @Override
  default void close() {}
}
