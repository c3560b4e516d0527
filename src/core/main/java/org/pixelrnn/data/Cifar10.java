package org.pixelrnn.data;

import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.IntStream;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.DataConfig;

/**
 * CIFAR-10, in its binary version. The files are {@code test_batch.bin} and {@code
 * data_batch_1.bin} to {@code data_batch_5.bin}; one of these five is enough. A file is a sequence
 * of records of 3073 bytes:
 *
 * <pre>
 *   label 0..9            1 byte
 *   red, 32 × 32       1024
 *   green, 32 × 32     1024
 *   blue, 32 × 32      1024
 * </pre>
 *
 * <p>The last training images are the validation split: {@code data.validation_share} of them.
 */
final class Cifar10 implements ImageDataset {
  private static final int SIDE = 32;
  private static final int PLANE = SIDE * SIDE;
  private static final int RECORD = 1 + 3 * PLANE;
  private static final int CLASSES = 10;

  private final ImmutableList<Batch> train;
  private final Batch test;
  private final int trainImages;
  private final int validation;
  private final String digest;

  /** A checked file, and its number of images. */
  private record Batch(Path file, int images) {}

  private Cifar10(
      ImmutableList<Batch> train, Batch test, int trainImages, int validation, String digest) {
    this.train = train;
    this.test = test;
    this.trainImages = trainImages;
    this.validation = validation;
    this.digest = digest;
  }

  /**
   * Reads all files once, to check them and to compute the digest.
   *
   * @throws InputException if a file is missing or broken
   */
  static Cifar10 open(String where, DataConfig config) {
    Path folder = DataFolder.find("CIFAR-10", where);
    Hasher sha = Hashing.sha256().newHasher();
    ImmutableList<Batch> train =
        IntStream.rangeClosed(1, 5)
            .mapToObj(i -> folder.resolve("data_batch_" + i + ".bin"))
            .filter(Files::isRegularFile)
            .map(file -> check(file, sha))
            .collect(ImmutableList.toImmutableList());
    if (train.isEmpty()) {
      throw new InputException(
          "CIFAR-10 folder "
              + folder
              + ": there is no data_batch_1.bin to data_batch_5.bin, expected at least one");
    }
    Path testFile = folder.resolve("test_batch.bin");
    if (!Files.isRegularFile(testFile)) {
      throw new InputException("CIFAR-10 folder " + folder + ": there is no test_batch.bin");
    }
    Batch test = check(testFile, sha);
    int images = train.stream().mapToInt(Batch::images).sum();
    int validation = DataFolder.validationSize(config, images, folder);
    return new Cifar10(train, test, images, validation, sha.hash().toString());
  }

  private static Batch check(Path file, Hasher sha) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      byte[] record = new byte[RECORD];
      for (int image = 0; ; image++) {
        int found = in.readNBytes(record, 0, RECORD);
        if (found == 0 && image > 0) {
          return new Batch(file, image);
        }
        if (found < RECORD) {
          throw broken(
              file,
              ((long) image * RECORD + found)
                  + " bytes, expected one or more records of "
                  + RECORD
                  + "; is it cut off, or not the binary version?");
        }
        int label = Byte.toUnsignedInt(record[0]);
        if (label >= CLASSES) {
          throw broken(file, "image " + image + " has label " + label + ", expected 0 to 9");
        }
        sha.putBytes(record);
      }
    } catch (IOException e) {
      throw new InputException(
          "CIFAR-10 file " + file + ": cannot be read: " + InputException.reason(e), e);
    }
  }

  private static InputException broken(Path file, String why) {
    return new InputException("CIFAR-10 file " + file + ": " + why);
  }

  @Override
  public ImageShape shape() {
    return new ImageShape(SIDE, SIDE, 3, 256);
  }

  @Override
  public int size(Split split) {
    return switch (split) {
      case TRAIN -> trainImages - validation;
      case VALIDATION -> validation;
      case TEST -> test.images();
    };
  }

  @Override
  public void read(Split split, long epoch, int index, byte[] into) {
    Objects.checkIndex(index, size(split));
    byte[] record =
        switch (split) {
          case TRAIN -> trainRecord(index);
          case VALIDATION -> trainRecord(size(Split.TRAIN) + index);
          case TEST -> record(test, index);
        };
    for (int pixel = 0; pixel < PLANE; pixel++) {
      for (int channel = 0; channel < 3; channel++) {
        into[3 * pixel + channel] = record[1 + channel * PLANE + pixel];
      }
    }
  }

  private byte[] trainRecord(int image) {
    int inBatch = image;
    for (Batch batch : train) {
      if (inBatch < batch.images()) {
        return record(batch, inBatch);
      }
      inBatch -= batch.images();
    }
    throw new IndexOutOfBoundsException(image);
  }

  private static byte[] record(Batch batch, int image) {
    return new FileRange(batch.file(), (long) image * RECORD, RECORD).read();
  }

  @Override
  public String name() {
    return "cifar10";
  }

  @Override
  public String digest() {
    return digest;
  }
}
