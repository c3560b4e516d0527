package org.pixelrnn.data;

import com.google.common.base.Suppliers;
import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Supplier;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.DataConfig;

/**
 * MNIST, or another set in its files (Fashion-MNIST, KMNIST): grey images in {@code
 * train-images-idx3-ubyte} and {@code t10k-images-idx3-ubyte}, each also with {@code .idx3} and
 * with {@code .gz}. The last {@code validation_share} of the training images are the validation
 * split.
 */
final class Mnist implements ImageDataset {
  private static final ImmutableList<String> ENDINGS =
      ImmutableList.of(
          "-images-idx3-ubyte",
          "-images-idx3-ubyte.gz",
          "-images.idx3-ubyte",
          "-images.idx3-ubyte.gz");

  private final Idx train;
  private final Idx test;
  private final int validation;
  private final Supplier<String> digest = Suppliers.memoize(this::hash);

  private Mnist(Idx train, Idx test, int validation) {
    this.train = train;
    this.test = test;
    this.validation = validation;
  }

  /** Reads both files whole; throws {@link InputException} if one is missing or broken. */
  static Mnist open(String where, DataConfig config) {
    Path folder = DataFolder.of("MNIST", where);
    Path testFile = find(folder, "t10k");
    Path trainFile = find(folder, "train");
    Idx train = Idx.read(trainFile);
    Idx test = Idx.read(testFile);
    if (test.rows() != train.rows() || test.columns() != train.columns()) {
      throw new InputException(
          String.format(
              "IDX file %s: images of %d×%d, expected %d×%d as in %s",
              testFile, test.rows(), test.columns(), train.rows(), train.columns(), trainFile));
    }
    return new Mnist(train, test, DataFolder.validation(config, train.count(), trainFile));
  }

  private static Path find(Path folder, String part) {
    return ENDINGS.stream()
        .map(ending -> folder.resolve(part + ending))
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "MNIST folder "
                        + folder
                        + ": there is no "
                        + part
                        + "-images-idx3-ubyte, with or without .gz"));
  }

  @Override
  public ImageShape shape() {
    return new ImageShape(train.rows(), train.columns(), 1, 256);
  }

  @Override
  public int size(Split split) {
    return switch (split) {
      case TRAIN -> train.count() - validation;
      case VALIDATION -> validation;
      case TEST -> test.count();
    };
  }

  @Override
  public void read(Split split, long epoch, int index, byte[] into) {
    Objects.checkIndex(index, size(split));
    Idx file = split == Split.TEST ? test : train;
    int image = split == Split.VALIDATION ? size(Split.TRAIN) + index : index;
    int size = file.rows() * file.columns();
    System.arraycopy(file.pixels(), image * size, into, 0, size);
  }

  @Override
  public String name() {
    return "mnist";
  }

  @Override
  public String digest() {
    return digest.get();
  }

  private String hash() {
    Hasher sha = Hashing.sha256().newHasher();
    return sha.putBytes(train.pixels()).putBytes(test.pixels()).hash().toString();
  }
}
