package org.pixelrnn.data;

import com.google.common.base.Suppliers;
import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.DataConfig;

/**
 * MNIST, or another data set with the same files (Fashion-MNIST, KMNIST): grey images in {@code
 * train-images-idx3-ubyte} and {@code t10k-images-idx3-ubyte}. The names may also be spelt {@code
 * train-images.idx3-ubyte}, and may end in {@code .gz}.
 *
 * <p>The last training images are the validation split: {@code data.validation_share} of them.
 */
final class Mnist implements ImageDataset {
  private static final ImmutableList<String> ENDINGS =
      ImmutableList.of(
          "-images-idx3-ubyte",
          "-images-idx3-ubyte.gz",
          "-images.idx3-ubyte",
          "-images.idx3-ubyte.gz");

  private final IdxImages train;
  private final IdxImages test;
  private final int validation;
  private final Supplier<String> digest = Suppliers.memoize(this::hash);

  private Mnist(IdxImages train, IdxImages test, int validation) {
    this.train = train;
    this.test = test;
    this.validation = validation;
  }

  /**
   * Reads both files into memory.
   *
   * @throws InputException if a file is missing or broken, or if their images differ in size
   */
  static Mnist open(String where, DataConfig config) {
    Path folder = DataFolder.find("MNIST", where);
    Path testFile = find(folder, "t10k");
    Path trainFile = find(folder, "train");
    IdxImages train = IdxImages.read(trainFile);
    IdxImages test = IdxImages.read(testFile);
    if (test.rows() != train.rows() || test.columns() != train.columns()) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "IDX file %s: its images are %d×%d, expected %d×%d as in %s",
              testFile,
              test.rows(),
              test.columns(),
              train.rows(),
              train.columns(),
              trainFile));
    }
    return new Mnist(train, test, DataFolder.validationSize(config, train.count(), trainFile));
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
    IdxImages file = split == Split.TEST ? test : train;
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
