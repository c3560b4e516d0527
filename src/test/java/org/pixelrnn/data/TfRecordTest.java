package org.pixelrnn.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.tensorflow.proto.BytesList;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Features;
import org.tensorflow.proto.Int64List;

class TfRecordTest {
  private static final ImageShape GREY = new ImageShape(1, 1, 1, 256);
  private static final ImageShape SLOPE = new ImageShape(6, 9, 3, 256);

  @TempDir private Path folder;

  private static Feature bytes(byte... value) {
    ByteString string = ByteString.copyFrom(value);
    return Feature.newBuilder().setBytesList(BytesList.newBuilder().addValue(string)).build();
  }

  private static Feature integer(long value) {
    return Feature.newBuilder().setInt64List(Int64List.newBuilder().addValue(value)).build();
  }

  private static byte[] example(Features.Builder features) {
    return Example.newBuilder().setFeatures(features).build().toByteArray();
  }

  /** A picture of one grey pixel. */
  private static byte[] pixel(int brightness) {
    return example(
        Features.newBuilder()
            .putFeature("image/raw", bytes((byte) brightness))
            .putFeature("image/height", integer(1))
            .putFeature("image/width", integer(1)));
  }

  private static int masked(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    int sum = (int) crc.getValue();
    return ((sum >>> 15) | (sum << 17)) + 0xa282ead8;
  }

  private static byte[] records(byte[]... all) {
    ByteBuffer file =
        ByteBuffer.allocate(Arrays.stream(all).mapToInt(r -> r.length + 16).sum())
            .order(ByteOrder.LITTLE_ENDIAN);
    for (byte[] record : all) {
      file.putLong(record.length);
      file.putInt(masked(Arrays.copyOfRange(file.array(), file.position() - 8, file.position())));
      file.put(record).putInt(masked(record));
    }
    return file.array();
  }

  /** So many pixels, brighter and brighter. */
  private static byte[] pixels(int from, int count) {
    byte[][] all = new byte[count][];
    Arrays.setAll(all, i -> pixel(from + i));
    return records(all);
  }

  private static byte[] gzip(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private Path write(String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }

  private ImageDataset open(String glob, ImageShape shape) {
    return Datasets.open("tfrecord:" + folder + "/" + glob, Numbered.CONFIG, shape);
  }

  private static int brightness(ImageDataset data, Split split, int index) {
    byte[] pixel = new byte[1];
    data.read(split, 0, index, pixel);
    return Byte.toUnsignedInt(pixel[0]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pictures.tfrecord", "gzipped.tfrecord"})
  void readsWhatPythonHasWritten(String name) throws IOException {
    try (InputStream in = TfRecordTest.class.getResourceAsStream(name)) {
      Files.copy(in, folder.resolve("train-" + name));
    }
    write("val-1", pixels(0, 1));
    byte[] picture = new byte[SLOPE.dimensions()];
    try (ImageDataset data = open("*", SLOPE)) {
      assertEquals("tfrecord", data.name());
      assertEquals(4, data.size(Split.TRAIN));
      // Encoded losslessly, raw in colour, raw in grey, as a JPEG.
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
  void filesFollowOneAnotherByName() throws IOException {
    write("train-00001-of-00003", pixels(3, 2));
    write("train-00000-of-00003", pixels(0, 3));
    write("train-00002-of-00003", gzip(pixels(5, 4)));
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
  void unpackedFilesGoAwayWhenItIsClosed() throws IOException {
    write("train-1", gzip(pixels(0, 77)));
    write("val-1", pixels(0, 5));
    long before = unpacked();
    ImageDataset data = open("*", GREY);
    assertEquals(before + 1, unpacked());
    data.close();
    assertEquals(before, unpacked());
    // Here the other file is unpacked before this one turns out broken.
    write("val-1", new byte[1]);
    assertThrows(InputException.class, () -> open("*", GREY));
    assertEquals(before, unpacked());
  }

  /** Files of the size of this test's that were unpacked by anybody. */
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
        broken("text", file -> "no records, but text".getBytes(UTF_8), "no TFRecord file"),
        broken("three bytes", file -> new byte[3], "record 0 (at byte 0) is cut off: 3 bytes"),
        broken("length", flip(0), "no TFRecord file, gzipped or not"),
        broken("check sum of a length", flip(8), "no TFRecord file, gzipped or not"),
        broken(
            "second length",
            flip(size + 1),
            "record 1 (at byte " + size + ") has a wrong check sum of its length"),
        broken("second length's sum", flip(size + 11), "record 1 (at byte " + size + ") has a"),
        broken("cut in a header", cut(size - 5), "record 2 (at byte " + 2 * size + ") is cut off"),
        broken(
            "cut in the data",
            cut(5),
            "is cut off: " + (size - 16) + " bytes of data are promised, " + (size - 21) + " are"),
        broken("cut in the last sum", cut(1), "is cut off"),
        broken("trailing", file -> Arrays.copyOf(file, file.length + 2), "record 3 (at byte "),
        broken(
            "gzip that ends too soon",
            file -> Arrays.copyOf(gzip(file), gzip(file).length - 9),
            "it ends too soon, within its gzip stream"),
        broken(
            "gzip with a wrong sum",
            file -> {
              byte[] zipped = gzip(file);
              zipped[zipped.length - 6] ^= 1;
              return zipped;
            },
            "no whole gzip stream ("));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("corruptions")
  void aBrokenFileIsNamedWithWhatIsFoundAndExpected(
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
    Features.Builder raw = Features.newBuilder().putFeature("image/raw", bytes((byte) 1, (byte) 2));
    return Stream.of(
        arguments("no example", new byte[] {-1, -1, -1}, "is no tf.Example: "),
        arguments(
            "no picture",
            example(Features.newBuilder().putFeature("jpeg", bytes((byte) 1))),
            "has neither image/encoded nor image/raw among its features [jpeg]"),
        arguments(
            "no PNG",
            example(Features.newBuilder().putFeature("image/encoded", bytes((byte) 1))),
            "1 bytes that are no picture"),
        arguments("no height", example(raw), "image/height is missing or not one integer"),
        arguments(
            "another size",
            example(
                raw.clone()
                    .putFeature("image/height", integer(3))
                    .putFeature("image/width", integer(5))),
            "image/raw has 2 bytes, expected 3×5×1 or 3×5×3"),
        arguments(
            "negative size",
            example(
                raw.clone()
                    .putFeature("image/height", integer(-1))
                    .putFeature("image/width", integer(-2))),
            "image/raw has 2 bytes, expected -1×-2×1"),
        arguments(
            "not bytes",
            example(Features.newBuilder().putFeature("image/encoded", integer(5))),
            "image/encoded is not one string of bytes"),
        arguments("damaged", good, "record 1 is damaged: its check sum is wrong"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenRecords")
  void aBrokenRecordIsNamedAndTheNextTakesItsPlace(String what, byte[] record, String expected)
      throws IOException {
    byte[] file = records(pixel(0), record, pixel(2));
    if (what.equals("damaged")) {
      file[pixels(0, 1).length + 14] ^= 1;
    }
    Path broken = write("train-1", file);
    write("val-1", pixels(0, 1));
    try (ImageDataset few = open("*", GREY)) {
      assertEquals(0, brightness(few, Split.TRAIN, 0));
      String message =
          assertThrows(InputException.class, () -> brightness(few, Split.TRAIN, 1)).getMessage();
      assertTrue(message.contains("1 of its 4 pictures are broken, more than 1 %"), message);
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

  @Test
  void theDigestIsOfAllData() throws IOException {
    write("train-1", pixels(0, 3));
    write("val-1", pixels(0, 3));
    String digest = open("*", GREY).digest();
    write("train-1", gzip(pixels(0, 3)));
    assertEquals(digest, open("*", GREY).digest());
    write("train-1", pixels(1, 3));
    assertNotEquals(digest, open("*", GREY).digest());
  }

  @Test
  void whatIsMissingIsNamed() {
    for (String glob : new String[] {"none-*", "no/such/folder/*", "[", "none"}) {
      String message = assertThrows(InputException.class, () -> open(glob, GREY)).getMessage();
      assertTrue(message.startsWith("TFRecord files " + folder + "/" + glob + ": "), message);
      assertFalse(message.contains("\n"), message);
    }
  }
}
