package org.pixelrnn.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.DataConfig;

class MnistTest {
  private static final ImageShape SHAPE = new ImageShape(2, 3, 1, 2);

  @TempDir private Path folder;

  /** An IDX file of 2×3 images. Their first pixels are 0, 1, 2, ..., their last ones 200. */
  private static byte[] idx(int count) {
    byte[] file = new byte[16 + count * 6];
    ByteBuffer.wrap(file).putInt(2051).putInt(count).putInt(2).putInt(3);
    for (int i = 0; i < count; i++) {
      file[16 + 6 * i] = (byte) i;
      file[16 + 6 * i + 5] = (byte) 200;
    }
    return file;
  }

  private Path write(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private ImageDataset open(double validationShare) {
    return Datasets.open(
        "mnist:" + folder,
        DataConfig.newBuilder().setValidationShare(validationShare).build(),
        SHAPE);
  }

  private static int first(ImageDataset data, Split split, int index) {
    byte[] picture = new byte[6];
    data.read(split, 0, index, picture);
    assertEquals(200, Byte.toUnsignedInt(picture[5]));
    return Byte.toUnsignedInt(picture[0]);
  }

  @ParameterizedTest
  @CsvSource({"-images-idx3-ubyte", "-images.idx3-ubyte"})
  void readsOfficialNamesGzippedOrNot(String ending) throws IOException {
    write("train" + ending + ".gz", Gzip.compress(idx(20)));
    write("t10k" + ending, idx(7));
    try (ImageDataset data = open(0.25)) {
      assertEquals(new ImageShape(2, 3, 1, 256), data.shape());
      assertEquals("mnist", data.name());
      assertEquals(15, data.size(Split.TRAIN));
      assertEquals(5, data.size(Split.VALIDATION));
      assertEquals(7, data.size(Split.TEST));
      for (int i = 0; i < 15; i++) {
        assertEquals(i, first(data, Split.TRAIN, i));
      }
      for (int i = 0; i < 5; i++) {
        assertEquals(15 + i, first(data, Split.VALIDATION, i));
      }
      for (int i = 0; i < 7; i++) {
        assertEquals(i, first(data, Split.TEST, i));
      }
      for (Split split : Split.values()) {
        assertThrows(IndexOutOfBoundsException.class, () -> first(data, split, data.size(split)));
        assertThrows(IndexOutOfBoundsException.class, () -> first(data, split, -1));
      }
    }
  }

  @Test
  void theDigestIsOfTheImagesAndNotOfTheirFiles() throws IOException {
    write("train-images-idx3-ubyte", idx(20));
    write("t10k-images-idx3-ubyte", idx(7));
    String digest = open(0.1).digest();
    assertTrue(digest.matches("[0-9a-f]{64}"));
    Files.delete(folder.resolve("train-images-idx3-ubyte"));
    write("train-images-idx3-ubyte.gz", Gzip.compress(idx(20)));
    assertEquals(digest, open(0.3).digest());
    byte[] changed = idx(7);
    changed[40]++;
    write("t10k-images-idx3-ubyte", changed);
    assertNotEquals(digest, open(0.1).digest());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.98, 1, 7, -0.5, Double.POSITIVE_INFINITY})
  void aShareThatLeavesNothingToTrainOnIsRefused(double share) throws IOException {
    write("train-images-idx3-ubyte", idx(20));
    write("t10k-images-idx3-ubyte", idx(7));
    String message = assertThrows(InputException.class, () -> open(share)).getMessage();
    assertTrue(message.startsWith("data.validation_share = " + share + " "), message);
  }

  private static Arguments broken(String what, UnaryOperator<byte[]> change, String expected) {
    return arguments(what, change, expected);
  }

  private static UnaryOperator<byte[]> header(int field, int value) {
    return file -> {
      ByteBuffer.wrap(file).putInt(4 * field, value);
      return file;
    };
  }

  static Stream<Arguments> corruptions() {
    return Stream.of(
        broken("empty", f -> new byte[0], "it ends within its header, after 0 bytes, expected 16"),
        broken("three bytes", f -> Arrays.copyOf(f, 3), "it ends within its header"),
        broken("half a header", f -> Arrays.copyOf(f, 10), "it ends within its header"),
        broken(
            "labels",
            header(0, 2049),
            "magic number 0x00000801 (labels), expected 0x00000803 (images)"),
        broken("text", f -> "P5 28 28 255\n".getBytes(UTF_8), "magic number 0x50352032, expected"),
        broken(
            "gzipped, named plain",
            Gzip::compress,
            "magic number 0x1f8b0800 (gzip; the name of a gzipped file must end in .gz), expected "
                + "0x00000803"),
        broken("no image", header(1, 0), "its header promises 0 images of 2×3"),
        broken("negative count", header(1, -1), "its header promises -1 images of 2×3"),
        broken("no rows", header(2, 0), "its header promises 7 images of 0×3"),
        broken("negative columns", header(3, -3), "its header promises 7 images of 2×-3"),
        broken(
            "huge",
            f -> header(1, Integer.MAX_VALUE).apply(header(2, 70000).apply(f)),
            "its header promises 2147483647 images of 70000×3, expected less than 2 GiB"),
        broken(
            "overflow to zero",
            f -> header(1, 65536).apply(header(2, 65536).apply(header(3, 65536).apply(f))),
            "its header promises 65536 images of 65536×65536, expected less than 2 GiB"),
        broken(
            "a gigabyte promised",
            header(1, 178_956_970),
            "42 bytes of pixels, expected 1073741820 (178956970 images of 2×3)"),
        broken(
            "header alone", f -> Arrays.copyOf(f, 16), "0 bytes of pixels, expected 42 (7 images"),
        broken("a byte too few", f -> Arrays.copyOf(f, 57), "41 bytes of pixels, expected 42 (7"),
        broken(
            "a byte too many",
            f -> Arrays.copyOf(f, 59),
            "1 bytes after the last image, expected none (7 images of 2×3)"),
        broken(
            "another shape",
            header(2, 1).andThen(f -> Arrays.copyOf(f, 37))::apply,
            "its images are 1×3, expected 2×3 as in "));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("corruptions")
  void theMessageNamesTheFileWhatIsFoundAndWhatIsExpected(
      String what, UnaryOperator<byte[]> change, String expected) throws IOException {
    write("train-images-idx3-ubyte", idx(20));
    Path file = write("t10k-images-idx3-ubyte", change.apply(idx(7)));
    refused(file, expected);
    if (!what.startsWith("gzipped")) {
      // The same content in a gzipped file.
      Files.delete(file);
      refused(write("t10k-images-idx3-ubyte.gz", Gzip.compress(change.apply(idx(7)))), expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 10, 15, 20, 25})
  void theMessageNamesAGzippedFileThatEndsTooSoon(int length) throws IOException {
    write("train-images-idx3-ubyte", idx(20));
    byte[] whole = Gzip.compress(idx(7));
    refused(
        write("t10k-images-idx3-ubyte.gz", Arrays.copyOf(whole, length)),
        length < 11 ? "" : "within its");
    refused(
        write("t10k-images-idx3-ubyte.gz", Arrays.copyOf(whole, whole.length - 1)),
        "it ends within its gzip stream");
  }

  @Test
  void aFlippedBitInAGzippedFileIsFound() throws IOException {
    write("train-images-idx3-ubyte", idx(20));
    byte[] whole = Gzip.compress(idx(7));
    write("t10k-images-idx3-ubyte.gz", whole);
    String digest = open(0.1).digest();
    int found = 0;
    // From the first compressed byte to the end of the checksum.
    for (int at = 10; at < whole.length; at++) {
      byte[] flipped = whole.clone();
      flipped[at] ^= 0x10;
      Path file = write("t10k-images-idx3-ubyte.gz", flipped);
      try {
        // Some bits are padding. Flipping one of them does not change the images.
        assertEquals(digest, open(0.1).digest());
      } catch (InputException e) {
        assertTrue(e.getMessage().startsWith("IDX file " + file + ": "), e.getMessage());
        found++;
      }
    }
    assertTrue(found >= whole.length - 12, found + " of " + whole.length);
    refused(
        write("t10k-images-idx3-ubyte.gz", idx(7)),
        "its gzip stream is broken (Not in GZIP format); expected a gzipped file, because");
  }

  private void refused(Path file, String expected) {
    String message = assertThrows(InputException.class, () -> open(0.1)).getMessage();
    assertTrue(message.startsWith("IDX file " + file + ": "), message);
    assertTrue(message.contains(expected), message);
    assertFalse(message.contains("\n"), message);
  }

  @Test
  void theMessageNamesAMissingFile() throws IOException {
    String prefix = "MNIST folder " + folder;
    assertEquals(
        prefix + ": there is no t10k-images-idx3-ubyte, with or without .gz",
        assertThrows(InputException.class, () -> open(0.1)).getMessage());
    Path test = write("t10k-images-idx3-ubyte", idx(7));
    assertEquals(
        prefix + ": there is no train-images-idx3-ubyte, with or without .gz",
        assertThrows(InputException.class, () -> open(0.1)).getMessage());
    assertEquals(
        prefix + "/none: no such folder",
        assertThrows(
                InputException.class,
                () -> Datasets.open("mnist:" + folder + "/none", NumberedDataset.CONFIG, SHAPE))
            .getMessage());
    assertEquals(
        "MNIST folder " + test + ": is a file, expected a folder",
        assertThrows(
                InputException.class,
                () -> Datasets.open("mnist:" + test, NumberedDataset.CONFIG, SHAPE))
            .getMessage());
  }
}
