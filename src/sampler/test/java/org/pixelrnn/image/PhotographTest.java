package org.pixelrnn.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.awt.image.BufferedImage;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Photographs are read as means of blocks of pixels, and hardly differ from whole ones. */
class PhotographTest {
  private static final int COLOURS = BufferedImage.TYPE_3BYTE_BGR;
  private static final int GREY = BufferedImage.TYPE_BYTE_GRAY;
  private static final int MOST = 2;

  /** The bytes that a thread may take for a photograph. Whole, one takes more than 100 MB. */
  private static final long FEW_BYTES = 30_000_000;

  private static byte[] read(byte[] file, ImageShape shape) {
    return ImageFile.apply(file, "photo", WantedSize.of(shape), picture -> picture.values(shape));
  }

  private static void assertNear(byte[] expected, byte[] found) {
    assertEquals(expected.length, found.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(Byte.toUnsignedInt(expected[i]), Byte.toUnsignedInt(found[i]), MOST, "at " + i);
    }
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  @ParameterizedTest
  @Tag("slow")
  @CsvSource({
    "2999, 4001, 5, 3, 0.9",
    "3000, 4000, 5, 12, 0.75",
    "2999, 4001, 10, 6, 0.85",
    "1203, 1501, 5, 0, 0.5"
  })
  void levelsAreNearThoseOfTheWholePicture(
      int height, int width, int type, int grain, float quality) {
    byte[] jpeg = Photographs.jpeg(Photographs.of(height, width, type, grain), quality, 0);
    assertTrue(PlainJpeg.of(jpeg).isPresent());
    Picture whole = Picture.of(ImageFile.decode(jpeg, "photo"));
    for (ImageShape shape :
        new ImageShape[] {
          new ImageShape(28, 28, 1, 256),
          new ImageShape(32, 32, 3, 256),
          new ImageShape(64, 48, 3, 256),
          new ImageShape(128, 128, 3, 256)
        }) {
      assertNear(whole.values(shape), read(jpeg, shape));
    }
  }

  @Test
  void aPhotographTakesLittleMemory() {
    byte[] jpeg = Photographs.jpeg(Photographs.of(3000, 4000, COLOURS, 3), 0.9f, 0);
    ImageShape shape = new ImageShape(32, 32, 3, 256);
    read(jpeg, shape);
    long before = allocated();
    read(jpeg, shape);
    long used = allocated() - before;
    assertTrue(used < FEW_BYTES, used + " bytes");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void aPhotographIsTurnedUpright(int orientation) {
    byte[] stored = Photographs.jpeg(Photographs.of(1003, 1401, COLOURS, 3), 0.9f, 0);
    byte[] exif = PictureBytes.exif(orientation, ByteOrder.LITTLE_ENDIAN);
    byte[] jpeg = PictureBytes.jpegWithExif(stored, exif);
    assertTrue(PlainJpeg.of(jpeg).isPresent());
    ImageShape shape = new ImageShape(20, 13, 3, 256);
    assertNear(Picture.of(ImageFile.decode(jpeg, "photo")).values(shape), read(jpeg, shape));
  }

  @Test
  void aPartOfAPhotographIsCutAtTheSamePixels() {
    byte[] jpeg = Photographs.jpeg(Photographs.of(2003, 3001, COLOURS, 3), 0.9f, 0);
    ImageShape shape = new ImageShape(32, 32, 3, 256);
    Picture whole = Picture.of(ImageFile.decode(jpeg, "photo"));
    Function<Picture, byte[]> cut = picture -> picture.cut(213, 307, 1500, 1500).values(shape);
    byte[] found =
        ImageFile.apply(
            jpeg,
            "photo",
            WantedSize.of(shape, 0.5),
            picture -> {
              assertEquals(2003, picture.height());
              assertEquals(3001, picture.width());
              return cut.apply(picture);
            });
    assertNear(cut.apply(whole), found);
  }

  @ParameterizedTest
  @ValueSource(ints = {COLOURS, GREY})
  void otherFormatsAreReadAsMeansToo(int type) {
    BufferedImage photograph = Photographs.of(1501, 2003, type, 3);
    byte[] png = PictureBytes.of(photograph, "png");
    byte[] progressive = PictureBytes.progressiveJpeg(photograph);
    assertTrue(PlainJpeg.of(progressive).isEmpty());
    ImageShape shape = new ImageShape(32, 32, 3, 256);
    for (byte[] file : new byte[][] {png, progressive}) {
      assertNear(Picture.of(ImageFile.decode(file, "photo")).values(shape), read(file, shape));
    }
  }

  @Test
  void aPhotographForALargeImageIsReadWhole() {
    byte[] jpeg = Photographs.jpeg(Photographs.of(1003, 1401, COLOURS, 3), 0.9f, 0);
    ImageShape shape = new ImageShape(256, 256, 3, 256);
    assertArrayEquals(Picture.of(ImageFile.decode(jpeg, "photo")).values(shape), read(jpeg, shape));
  }

  @ParameterizedTest
  @CsvSource({"0, 5", "0, 10", "100, 5", "88, 10", "1, 5"})
  void aDamagedPhotographIsRefusedAsBefore(int interval, int type) {
    byte[] whole = Photographs.jpeg(Photographs.of(1003, 1401, type, 3), 0.9f, interval);
    ImageShape shape = new ImageShape(16, 16, 3, 256);
    read(whole, shape);
    assertTrue(PlainJpeg.of(whole).isPresent());
    for (int cut : new int[] {whole.length / 3, whole.length * 9 / 10}) {
      byte[] shortened = Arrays.copyOf(whole, cut);
      byte[] ended = shortened.clone();
      ended[cut - 2] = (byte) 0xff;
      ended[cut - 1] = (byte) 0xd9;
      byte[] gap =
          PictureBytes.join(
              Arrays.copyOf(whole, cut - 5_000), Arrays.copyOfRange(whole, cut, whole.length));
      for (byte[] damaged : new byte[][] {shortened, ended, gap}) {
        Optional<String> expected = refusal(() -> ImageFile.decode(damaged, "photo"));
        assertTrue(expected.isPresent() || damaged == gap);
        assertEquals(expected, refusal(() -> read(damaged, shape)));
      }
    }
  }

  private static Optional<String> refusal(Runnable reading) {
    try {
      reading.run();
      return Optional.empty();
    } catch (InputException e) {
      return Optional.of(e.getMessage());
    }
  }

  @Test
  void threadsReadTheSameLevels() {
    byte[] jpeg = Photographs.jpeg(Photographs.of(1203, 1501, COLOURS, 3), 0.9f, 0);
    ImageShape shape = new ImageShape(32, 32, 3, 256);
    byte[] expected = read(jpeg, shape);
    IntStream.range(0, 40).parallel().forEach(i -> assertArrayEquals(expected, read(jpeg, shape)));
  }
}
