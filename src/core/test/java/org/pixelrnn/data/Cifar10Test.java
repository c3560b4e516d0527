package org.pixelrnn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.DataConfig;

class Cifar10Test {
  private static final int RECORD = 3073;
  private static final ImageShape SHAPE = new ImageShape(32, 32, 3, 256);

  @TempDir private Path folder;

  /** Images: red is the number of the image, green the row, blue 100 + the column. */
  private static byte[] batch(int first, int count) {
    byte[] file = new byte[count * RECORD];
    for (int i = 0; i < count; i++) {
      file[i * RECORD] = (byte) (i % 10);
      for (int pixel = 0; pixel < 1024; pixel++) {
        int at = i * RECORD + 1 + pixel;
        file[at] = (byte) (first + i);
        file[at + 1024] = (byte) (pixel / 32);
        file[at + 2048] = (byte) (100 + pixel % 32);
      }
    }
    return file;
  }

  private Path write(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private ImageDataset open(double validationShare) {
    DataConfig config = DataConfig.newBuilder().setValidationShare(validationShare).build();
    return Datasets.open("cifar10:" + folder, config, SHAPE);
  }

  private static int number(ImageDataset data, Split split, int index) {
    byte[] picture = new byte[3072];
    data.read(split, 0, index, picture);
    for (int i = 0; i < 1024; i++) {
      assertEquals(picture[0], picture[3 * i]);
      assertEquals(i / 32, picture[3 * i + 1]);
      assertEquals(100 + i % 32, Byte.toUnsignedInt(picture[3 * i + 2]));
    }
    return Byte.toUnsignedInt(picture[0]);
  }

  private static int[] numbers(ImageDataset data, Split split) {
    return IntStream.range(0, data.size(split)).map(i -> number(data, split, i)).toArray();
  }

  @Test
  void batchesComeInOrderAndTheLastImagesAreForValidation() throws IOException {
    write("data_batch_2.bin", batch(5, 7));
    write("data_batch_1.bin", batch(0, 5));
    write("data_batch_4.bin", batch(12, 8));
    write("test_batch.bin", batch(200, 3));
    try (ImageDataset data = open(0.2)) {
      assertEquals(SHAPE, data.shape());
      assertEquals("cifar10", data.name());
      assertEquals(
          IntStream.range(0, 16).boxed().toList(),
          Arrays.stream(numbers(data, Split.TRAIN)).boxed().toList());
      assertEquals(
          IntStream.range(16, 20).boxed().toList(),
          Arrays.stream(numbers(data, Split.VALIDATION)).boxed().toList());
      assertEquals(
          IntStream.range(200, 203).boxed().toList(),
          Arrays.stream(numbers(data, Split.TEST)).boxed().toList());
      assertThrows(
          IndexOutOfBoundsException.class, () -> data.read(Split.TEST, 0, 3, new byte[3072]));
    }
  }

  @Test
  void theDigestChangesWithAnyByte() throws IOException {
    write("data_batch_1.bin", batch(0, 5));
    byte[] test = batch(200, 3);
    write("test_batch.bin", test);
    String digest = open(0.2).digest();
    assertEquals(digest, open(0.4).digest());
    test[2 * RECORD + 1234] ^= 1;
    write("test_batch.bin", test);
    assertNotEquals(digest, open(0.2).digest());
  }

  private static Arguments broken(String what, UnaryOperator<byte[]> change, String expected) {
    return arguments(what, change, expected);
  }

  private static UnaryOperator<byte[]> cut(int length) {
    return file -> Arrays.copyOf(file, length);
  }

  private static UnaryOperator<byte[]> byteAt(int at, int value) {
    return file -> {
      file[at] = (byte) value;
      return file;
    };
  }

  static Stream<Arguments> corruptions() {
    return Stream.of(
        broken("empty", cut(0), "0 bytes, expected one or more records of 3073"),
        broken("a byte", cut(1), "1 bytes, expected"),
        broken("a byte too few", cut(7 * RECORD - 1), "21510 bytes, expected"),
        broken("a byte too many", cut(7 * RECORD + 1), "21512 bytes, expected"),
        broken("half a record", cut(3 * RECORD + 1500), "10719 bytes, expected"),
        broken("label", byteAt(0, 10), "image 0 has label 10, expected 0 to 9"),
        broken("last label", byteAt(6 * RECORD, 255), "image 6 has label 255, expected"),
        broken(
            // CIFAR-100 has two labels in each record.
            "CIFAR-100",
            file -> {
              byte[] other = new byte[7 * (RECORD + 1)];
              Arrays.fill(other, (byte) 5);
              return other;
            },
            "21518 bytes, expected"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("corruptions")
  void theMessageNamesTheFileWhatIsFoundAndWhatIsExpected(
      String what, UnaryOperator<byte[]> change, String expected) throws IOException {
    for (String name : new String[] {"data_batch_3.bin", "test_batch.bin"}) {
      write("data_batch_3.bin", batch(0, 7));
      write("test_batch.bin", batch(0, 7));
      Path file = write(name, change.apply(batch(0, 7)));
      String message = assertThrows(InputException.class, () -> open(0.2)).getMessage();
      assertTrue(message.startsWith("CIFAR-10 file " + file + ": " + expected), message);
      assertFalse(message.contains("\n"), message);
    }
  }

  @Test
  void theMessageNamesAMissingFile() throws IOException {
    String prefix = "CIFAR-10 folder " + folder + ": there is no ";
    assertEquals(
        prefix + "data_batch_1.bin to data_batch_5.bin, expected at least one",
        assertThrows(InputException.class, () -> open(0.2)).getMessage());
    write("data_batch_5.bin", batch(0, 7));
    assertEquals(
        prefix + "test_batch.bin",
        assertThrows(InputException.class, () -> open(0.2)).getMessage());
  }

  @Test
  void theMessageNamesAFileThatHasBecomeShorter() throws IOException {
    write("data_batch_1.bin", batch(0, 5));
    Path file = write("test_batch.bin", batch(0, 5));
    try (ImageDataset data = open(0.2)) {
      write("test_batch.bin", batch(0, 2));
      assertEquals(1, number(data, Split.TEST, 1));
      String message =
          assertThrows(InputException.class, () -> number(data, Split.TEST, 2)).getMessage();
      assertTrue(message.startsWith("file " + file + ": ends before byte 9219"), message);
    }
  }
}
