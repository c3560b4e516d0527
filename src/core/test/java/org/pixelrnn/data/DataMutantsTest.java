package org.pixelrnn.data;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.Mutants;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.PictureBytes;
import org.tensorflow.proto.Features;

/**
 * Damaged files of every kind of data and of pictures: they are read, or refused by name.
 *
 * <p>Thousands of mutants of each file, about half an hour:
 *
 * <pre>
 *   mvn test -pl src/core -am -Dtest=DataMutantsTest -Dtest.groups=soak -Dtest.excludedGroups= \
 *       -Dtest.processes=1 -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
class DataMutantsTest {
  private static final int SOME = 500;
  private static final int MANY = 5_000;
  private static final ImageShape SHAPE = new ImageShape(8, 8, 3, 256);
  private static final ImageShape GREY = new ImageShape(8, 8, 1, 256);

  @TempDir private Path folder;

  static Stream<Arguments> pictures() {
    BufferedImage colours = noise(BufferedImage.TYPE_INT_RGB);
    BufferedImage alpha = noise(BufferedImage.TYPE_4BYTE_ABGR);
    BufferedImage grey = noise(BufferedImage.TYPE_BYTE_GRAY);
    return Stream.of(
        arguments("jpeg", PictureBytes.of(colours, "jpeg")),
        arguments("grey jpeg", PictureBytes.of(grey, "jpeg")),
        arguments("progressive jpeg", PictureBytes.progressiveJpeg(colours)),
        arguments("png", PictureBytes.of(alpha, "png")),
        arguments("16-bit png", PictureBytes.of(noise(BufferedImage.TYPE_USHORT_GRAY), "png")),
        arguments("other png", resource("picture.png")),
        arguments("gif", PictureBytes.of(colours, "gif")),
        arguments("other gif", resource("picture.gif")),
        arguments("bmp", PictureBytes.of(colours, "bmp")),
        arguments("other bmp", resource("picture.bmp")),
        arguments("webp", resource("picture.webp")),
        arguments("lossy webp", resource("lossy.webp")),
        arguments("animated webp", PictureBytes.animatedWebP(40, 60, 4, 6)),
        arguments("tiff", PictureBytes.of(colours, "tiff")),
        arguments("grey tiff", PictureBytes.of(grey, "tiff")),
        arguments("tiff with alpha", PictureBytes.of(alpha, "tiff")));
  }

  private static BufferedImage noise(int type) {
    BufferedImage image = new BufferedImage(20, 16, type);
    Random random = new Random(1);
    for (int i = 0; i < 320; i++) {
      image.setRGB(i % 20, i / 20, random.nextInt());
    }
    return image;
  }

  private static byte[] resource(String name) {
    try (InputStream in = DataMutantsTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Tag("slow")
  @ParameterizedTest(name = "{0}")
  @MethodSource("pictures")
  void somePictures(String name, byte[] picture) throws IOException {
    checkPicture(name, picture, SOME);
  }

  @Tag("soak")
  @ParameterizedTest(name = "{0}")
  @MethodSource("pictures")
  void manyPictures(String name, byte[] picture) throws IOException {
    checkPicture(name, picture, MANY);
  }

  private void checkPicture(String name, byte[] picture, int count) throws IOException {
    Path file = folder.resolve("picture");
    Mutants.of(name, picture).check(count, file, () -> ImageFile.read(file, SHAPE));
  }

  /** A file of a data set: its name, its bytes or a part of them, what frames it, and the set. */
  static Stream<Arguments> dataSets() {
    byte[] record = PictureRecords.raw(2, 2, new byte[12]);
    byte[] encoded =
        PictureRecords.example(
            Features.newBuilder()
                .putFeature(
                    "image/encoded",
                    PictureRecords.bytes(
                        PictureBytes.of(noise(BufferedImage.TYPE_INT_RGB), "png"))));
    byte[] records = PictureRecords.file(List.of(record, encoded, record));
    UnaryOperator<byte[]> framed = data -> PictureRecords.file(List.of(data));
    UnaryOperator<byte[]> gzipped = Gzip::compress;
    UnaryOperator<byte[]> plain = UnaryOperator.identity();
    return Stream.of(
        arguments("train-images-idx3-ubyte", idx(), plain, "mnist:", GREY),
        arguments("train-images-idx3-ubyte.gz", idx(), gzipped, "mnist:", GREY),
        arguments("train-images-idx3-ubyte.gz", Gzip.compress(idx()), plain, "mnist:", GREY),
        arguments("data_batch_1.bin", new byte[2 * 3073], plain, "cifar10:", SHAPE),
        arguments("train.tfrecord", records, plain, "tfrecord:train.tfrecord", SHAPE),
        arguments("train.tfrecord", records, gzipped, "tfrecord:train.tfrecord", SHAPE),
        arguments(
            "train.tfrecord", Gzip.compress(records), plain, "tfrecord:train.tfrecord", SHAPE),
        arguments("train.tfrecord", record, framed, "tfrecord:train.tfrecord", SHAPE),
        arguments("train.tfrecord", encoded, framed, "tfrecord:train.tfrecord", SHAPE));
  }

  /** Three images of 8×8 pixels. */
  private static byte[] idx() {
    byte[] idx = new byte[16 + 3 * 64];
    idx[2] = 8;
    idx[3] = 3;
    idx[7] = 3;
    idx[11] = 8;
    idx[15] = 8;
    return idx;
  }

  @Tag("slow")
  @ParameterizedTest(name = "{index} {0}")
  @MethodSource("dataSets")
  void someFiles(
      String name, byte[] part, UnaryOperator<byte[]> frame, String kind, ImageShape shape)
      throws IOException {
    checkFile(name, part, frame, kind, shape, SOME);
  }

  @Tag("soak")
  @ParameterizedTest(name = "{index} {0}")
  @MethodSource("dataSets")
  void manyFiles(
      String name, byte[] part, UnaryOperator<byte[]> frame, String kind, ImageShape shape)
      throws IOException {
    checkFile(name, part, frame, kind, shape, MANY);
  }

  private void checkFile(
      String name,
      byte[] part,
      UnaryOperator<byte[]> frame,
      String kind,
      ImageShape shape,
      int count)
      throws IOException {
    Files.write(folder.resolve("t10k-images-idx3-ubyte"), idx());
    Files.write(folder.resolve("test_batch.bin"), new byte[3073]);
    String[] parts = kind.split(":", 2);
    String spec = parts[0] + ":" + folder + "/" + (parts.length > 1 ? parts[1] : "");
    Mutants.of(name, part, frame).check(count, folder.resolve(name), () -> readAll(spec, shape));
  }

  private static void readAll(String spec, ImageShape shape) {
    try (ImageDataset data = Datasets.open(spec, NumberedDataset.CONFIG, shape)) {
      byte[] image = new byte[data.shape().dimensions()];
      for (Split split : Split.values()) {
        for (int i = 0; i < data.size(split); i++) {
          data.read(split, 0, i, image);
        }
      }
    }
  }
}
