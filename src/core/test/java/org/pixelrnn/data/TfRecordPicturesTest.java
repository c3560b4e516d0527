package org.pixelrnn.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
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
import org.tensorflow.proto.Features;

class TfRecordPicturesTest {
  private static final ImageShape GREY = new ImageShape(1, 1, 1, 256);
  private static final ImageShape SLOPE = new ImageShape(6, 9, 3, 256);

  @TempDir private Path folder;

  /** A picture of one grey pixel. */
  private static byte[] pixel(int brightness) {
    return PictureRecords.raw(1, 1, (byte) brightness);
  }

  /** A file of pictures of one pixel, each by 1 brighter than the one before. */
  private static byte[] pixels(int from, int count) {
    return PictureRecords.file(
        IntStream.range(from, from + count).mapToObj(TfRecordPicturesTest::pixel).toList());
  }

  private Path write(String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }

  private ImageDataset open(String glob, ImageShape shape) {
    return Datasets.open("tfrecord:" + folder + "/" + glob, NumberedDataset.CONFIG, shape);
  }

  private static int brightness(ImageDataset data, Split split, int index) {
    byte[] pixel = new byte[1];
    data.read(split, 0, index, pixel);
    return Byte.toUnsignedInt(pixel[0]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pictures.tfrecord", "gzipped.tfrecord"})
  void readsFilesOfPython(String name) throws IOException {
    try (InputStream in = TfRecordPicturesTest.class.getResourceAsStream(name)) {
      Files.copy(in, folder.resolve("train-" + name));
    }
    write("val-1", pixels(0, 1));
    byte[] picture = new byte[SLOPE.dimensions()];
    try (ImageDataset data = open("*", SLOPE)) {
      assertEquals("tfrecord", data.name());
      assertEquals(4, data.size(Split.TRAIN));
      // The records are a PNG, raw values in colour, raw values in grey, and a JPEG.
      for (int number = 0; number < 4; number++) {
        data.read(Split.TRAIN, 0, number, picture);
        for (int pixel = 0; pixel < 54; pixel++) {
          int red = pixel / 9 * 10 + number;
          int[] colours = {red, pixel % 9 * 7, 40 * number};
          for (int channel = 0; channel < 3; channel++) {
            assertEquals(
                number == 2 ? red : colours[channel],
                Byte.toUnsignedInt(picture[3 * pixel + channel]),
                number == 3 ? 12 : 0);
          }
        }
      }
    }
  }

  @Test
  void filesAreOrderedByTheirNames() throws IOException {
    write("train-00001-of-00003", pixels(3, 2));
    write("train-00000-of-00003", pixels(0, 3));
    write("train-00002-of-00003", Gzip.compress(pixels(5, 4)));
    write("train-empty", new byte[0]);
    write("validation-1", pixels(100, 2));
    write("other.txt", new byte[] {1});
    try (ImageDataset data = open("{train,val}*", GREY)) {
      assertEquals(9, data.size(Split.TRAIN));
      for (int i = 0; i < 9; i++) {
        assertEquals(i, brightness(data, Split.TRAIN, i));
      }
      assertEquals(2, data.size(Split.VALIDATION));
      assertEquals(101, brightness(data, Split.VALIDATION, 1));
      assertEquals(0, data.size(Split.TEST));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a/b/train-1 | a/b/train-1
          a/b/train-1 | a/b/*
          a/b/train-1 | a/*/train-?
          a/b/train-1 | **/train-1
          a/b/train-1 | **
          """)
  void globsFindFiles(String file, String glob) throws IOException {
    write(file, pixels(7, 1));
    write("a/train-2.txt", new byte[0]);
    write("test-0", pixels(0, 1));
    try (ImageDataset data = open(glob, GREY)) {
      int all = data.size(Split.TRAIN) + data.size(Split.VALIDATION) + data.size(Split.TEST);
      assertEquals(glob.equals("**") ? 2 : 1, all);
    }
  }

  @Test
  void closeDeletesUnpackedFiles() throws IOException {
    write("train-1", Gzip.compress(pixels(0, 77)));
    write("val-1", pixels(0, 5));
    long before = unpacked();
    ImageDataset data = open("*", GREY);
    assertEquals(before + 1, unpacked());
    data.close();
    assertEquals(before, unpacked());
    // The gzipped file is unpacked before the other one is found to be broken.
    write("val-1", new byte[1]);
    assertThrows(InputException.class, () -> open("*", GREY));
    assertEquals(before, unpacked());
  }

  /** The number of unpacked files with the size of this test's file. */
  private static long unpacked() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(f -> f.getFileName().toString().matches("pixelrnn-.*\\.tfrecord"))
          .filter(f -> f.toFile().length() == pixels(0, 77).length)
          .count();
    }
  }

  private static Arguments broken(String what, UnaryOperator<byte[]> change, String expected) {
    return arguments(what, change, expected);
  }

  private static UnaryOperator<byte[]> flip(int at) {
    return file -> {
      file[at] ^= 4;
      return file;
    };
  }

  private static UnaryOperator<byte[]> cut(int less) {
    return file -> Arrays.copyOf(file, file.length - less);
  }

  static Stream<Arguments> corruptions() {
    int size = pixels(0, 1).length;
    return Stream.of(
        broken("text", file -> "no records, but text".getBytes(UTF_8), "not a TFRecord file"),
        broken("three bytes", file -> new byte[3], "record 0 (at byte 0) is cut off: only 3 bytes"),
        broken("length", flip(0), "not a TFRecord file, gzipped or not"),
        broken("checksum of a length", flip(8), "not a TFRecord file, gzipped or not"),
        broken(
            "second length",
            flip(size + 1),
            "record 1 (at byte " + size + "): the checksum of its length is wrong"),
        broken(
            "checksum of the second length",
            flip(size + 11),
            "record 1 (at byte " + size + "): the checksum of its length is wrong"),
        broken("cut in a header", cut(size - 5), "record 2 (at byte " + 2 * size + ") is cut off"),
        broken(
            "cut in the data",
            cut(5),
            "is cut off: " + (size - 21) + " bytes of data are there, expected " + (size - 16)),
        broken("cut in the last checksum", cut(1), "is cut off"),
        broken("trailing", file -> Arrays.copyOf(file, file.length + 2), "record 3 (at byte "),
        broken(
            "gzip that ends too soon",
            file -> Arrays.copyOf(Gzip.compress(file), Gzip.compress(file).length - 9),
            "it ends within its gzip stream"),
        broken(
            "gzip with a wrong checksum",
            file -> {
              byte[] zipped = Gzip.compress(file);
              zipped[zipped.length - 6] ^= 1;
              return zipped;
            },
            "its gzip stream is broken ("));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("corruptions")
  void theMessageNamesTheFileWhatIsFoundAndWhatIsExpected(
      String what, UnaryOperator<byte[]> change, String expected) throws IOException {
    write("train-1", pixels(0, 3));
    Path file = write("train-2", change.apply(pixels(0, 3)));
    String message = assertThrows(InputException.class, () -> open("train*", GREY)).getMessage();
    assertTrue(message.startsWith("TFRecord file " + file + ": "), message);
    assertTrue(message.contains(expected), message);
    assertFalse(message.contains("\n"), message);
  }

  static Stream<Arguments> brokenRecords() {
    byte[] good = pixel(9);
    Features.Builder raw =
        Features.newBuilder().putFeature("image/raw", PictureRecords.bytes((byte) 1, (byte) 2));
    return Stream.of(
        arguments("no example", new byte[] {-1, -1, -1}, "not a tf.Example: "),
        arguments(
            "no picture",
            PictureRecords.example(
                Features.newBuilder().putFeature("jpeg", PictureRecords.bytes((byte) 1))),
            "its features are [jpeg], expected image/encoded or image/raw"),
        arguments(
            "no PNG",
            PictureRecords.example(
                Features.newBuilder().putFeature("image/encoded", PictureRecords.bytes((byte) 1))),
            "1 bytes that are not a picture"),
        arguments(
            "no height", PictureRecords.example(raw), "image/height has 0 integers, expected one"),
        arguments(
            "another size",
            PictureRecords.example(
                raw.clone()
                    .putFeature("image/height", PictureRecords.integer(3))
                    .putFeature("image/width", PictureRecords.integer(5))),
            "image/raw has 2 bytes, expected 3×5×1 or 3×5×3"),
        arguments(
            "negative size",
            PictureRecords.example(
                raw.clone()
                    .putFeature("image/height", PictureRecords.integer(-1))
                    .putFeature("image/width", PictureRecords.integer(-2))),
            "image/raw has 2 bytes, expected -1×-2×1"),
        arguments(
            "not bytes",
            PictureRecords.example(
                Features.newBuilder().putFeature("image/encoded", PictureRecords.integer(5))),
            "image/encoded has 0 byte strings, expected one"),
        arguments("damaged", good, "record 1 is damaged: its checksum is wrong"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenRecords")
  void aBrokenRecordIsNamedAndTheNextTakesItsPlace(String what, byte[] record, String expected)
      throws IOException {
    byte[] file = PictureRecords.file(List.of(pixel(0), record, pixel(2)));
    if (what.equals("damaged")) {
      file[pixels(0, 1).length + 14] ^= 1;
    }
    Path broken = write("train-1", file);
    write("val-1", pixels(0, 1));
    try (ImageDataset few = open("*", GREY)) {
      assertEquals(0, brightness(few, Split.TRAIN, 0));
      String message =
          assertThrows(InputException.class, () -> brightness(few, Split.TRAIN, 1)).getMessage();
      assertTrue(message.contains("1 of its 4 pictures are broken, expected at most 1 %"), message);
      assertTrue(message.contains("TFRecord file " + broken + ": record 1"), message);
      assertTrue(message.contains(expected), message);
      assertFalse(message.contains("\n"), message);
    }
    write("val-1", pixels(0, 100));
    try (ImageDataset many = open("*", GREY)) {
      assertEquals(2, brightness(many, Split.TRAIN, 1));
      assertEquals(2, brightness(many, Split.TRAIN, 2));
    }
  }

  /** Run folders remember the digest, so it must stay the same. */
  @Test
  void theDigestIsPinned() throws IOException {
    try (InputStream in = TfRecordPicturesTest.class.getResourceAsStream("pictures.tfrecord")) {
      Files.copy(in, folder.resolve("train"));
    }
    try (ImageDataset data = open("train", SLOPE)) {
      assertEquals(
          "e5a7499df785a33859a18808d0ea5564aeb7a964e70d399614f79454ed00d635", data.digest());
    }
  }

  @Test
  void theDigestChangesWithTheData() throws IOException {
    write("train-1", pixels(0, 3));
    write("val-1", pixels(0, 3));
    String digest = open("*", GREY).digest();
    write("train-1", Gzip.compress(pixels(0, 3)));
    assertEquals(digest, open("*", GREY).digest());
    write("train-1", pixels(1, 3));
    assertNotEquals(digest, open("*", GREY).digest());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          none-*           | no file matches in /
          none             | no file matches in /
          no/such/folder/* | there is no folder /
          [                | not a pattern: Missing ']
          """)
  void theMessageNamesAPatternThatCannotBeUsed(String glob, String expected) {
    String message = assertThrows(InputException.class, () -> open(glob, GREY)).getMessage();
    assertTrue(
        message.startsWith("TFRecord files " + folder + "/" + glob + ": " + expected), message);
    assertFalse(message.contains("\n"), message);
  }

  @Test
  void aLinkThatLeadsInACircleIsPassedOver() throws IOException {
    write("a/train-1", pixels(3, 1));
    Files.createSymbolicLink(folder.resolve("a/round"), folder);
    try (ImageDataset data = open("**", GREY)) {
      assertEquals(3, brightness(data, Split.TRAIN, 0));
      assertEquals(1, data.size(Split.TRAIN));
    }
  }

  @ParameterizedTest
  @CsvSource({"*, 1", "**, 2", "a/*, 1", "train-*, 1", ".hidden/*, 1", ".*, 1", "'{.t,t}*', 2"})
  void hiddenFilesAreSkippedUnlessThePatternNamesThem(String glob, int expected)
      throws IOException {
    write("train-1", pixels(0, 1));
    write("a/train-2", pixels(0, 1));
    write(".hidden/train-3", pixels(0, 1));
    write(".train-4", pixels(0, 1));
    for (String clutter : List.of("._train-1", ".DS_Store", "Thumbs.db", "a/desktop.ini")) {
      if (!glob.contains(".")) {
        write(clutter, new byte[] {0, 5, 22, 7});
      }
    }
    try (ImageDataset data = open(glob, GREY)) {
      assertEquals(
          expected, data.size(Split.TRAIN) + data.size(Split.VALIDATION) + data.size(Split.TEST));
    }
  }
}
