package org.pixelrnn.image;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of one picture, stored as cameras held in all ways store them. */
class OrientationTest {
  private static final int HEIGHT = 16;
  private static final int WIDTH = 24;

  private static final ImageShape SHAPE = new ImageShape(HEIGHT, WIDTH, 1, 256);

  @TempDir private Path folder;

  static Stream<Arguments> everyWay() {
    return IntStream.rangeClosed(1, 8)
        .boxed()
        .flatMap(
            value ->
                Stream.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)
                    .flatMap(
                        order ->
                            Stream.of(BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_BYTE_GRAY)
                                .map(type -> Arguments.of(value, order, type))));
  }

  /** Six blocks of 8×8 pixels, which JPEG keeps apart, each of its own brightness. */
  private static int brightness(int row, int column) {
    return 40 * (row / 8 * 3 + column / 8) + 20;
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void aPictureIsShownAsTheCameraWasHeld(int value, ByteOrder order, int type) throws IOException {
    byte[] jpeg =
        PictureBytes.jpegWithExif(stored(value, type, "jpeg"), PictureBytes.exif(value, order));
    Path file = Files.write(folder.resolve("photo.jpg"), jpeg);
    byte[] values = ImageFile.read(file, SHAPE);
    for (int r = 0; r < HEIGHT; r++) {
      for (int c = 0; c < WIDTH; c++) {
        assertEquals(brightness(r, c), Byte.toUnsignedInt(values[r * WIDTH + c]), 3);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void aPngIsShownAsTheCameraWasHeld(int value, ByteOrder order, int type) {
    byte[] png =
        PictureBytes.pngWithExif(stored(value, type, "png"), PictureBytes.exif(value, order));
    byte[] values = Picture.of(ImageFile.decode(png, "photo")).values(SHAPE);
    for (int i = 0; i < values.length; i++) {
      assertEquals(brightness(i / WIDTH, i % WIDTH), Byte.toUnsignedInt(values[i]));
    }
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void aTiffIsShownAsTheCameraWasHeld(int value, ByteOrder order, int type) {
    byte[] tiff = withOrientation(stored(value, type, "tiff"), value);
    byte[] values = Picture.of(ImageFile.decode(tiff, "scan")).values(SHAPE);
    for (int i = 0; i < values.length; i++) {
      assertEquals(brightness(i / WIDTH, i % WIDTH), Byte.toUnsignedInt(values[i]));
    }
  }

  /** Turns a field of a TIFF that no one needs, ResolutionUnit, into the orientation. */
  private static byte[] withOrientation(byte[] tiff, int value) {
    ByteBuffer file =
        ByteBuffer.wrap(tiff)
            .order(tiff[0] == 'M' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    int directory = file.getInt(4);
    for (int field = 0; field < file.getShort(directory); field++) {
      int at = directory + 2 + 12 * field;
      if (file.getShort(at) == 296) {
        file.putShort(at, (short) TiffDirectory.ORIENTATION).putShort(at + 8, (short) value);
        return tiff;
      }
    }
    throw new AssertionError("no resolution unit");
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void aWebPIsShownLikeAPngOfTheSamePixels(int value, ByteOrder order, int type) {
    byte[] exif = PictureBytes.exif(value, order);
    BufferedImage stored = ImageFile.decode(PictureBytes.webP(), "stored");
    byte[] png = PictureBytes.pngWithExif(PictureBytes.of(stored, "png"), exif);
    byte[] mark = "Exif\0\0".getBytes(US_ASCII);
    boolean marked = type == BufferedImage.TYPE_BYTE_GRAY;
    byte[] webP =
        PictureBytes.webPWithExif(
            PictureBytes.webP(), marked ? PictureBytes.join(mark, exif) : exif);
    BufferedImage expected = ImageFile.decode(png, "png");
    BufferedImage found = ImageFile.decode(webP, "webp");
    assertEquals(expected.getHeight(), found.getHeight());
    assertEquals(expected.getWidth(), found.getWidth());
    for (int r = 0; r < expected.getHeight(); r++) {
      for (int c = 0; c < expected.getWidth(); c++) {
        assertEquals(expected.getRGB(c, r), found.getRGB(c, r));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9, 6 << 8})
  void aValueThatThereIsNotChangesNothing(int value) {
    byte[] jpeg =
        PictureBytes.jpegWithExif(
            stored(1, BufferedImage.TYPE_INT_RGB, "jpeg"),
            PictureBytes.exif(value, ByteOrder.BIG_ENDIAN));
    assertEquals(WIDTH, ImageFile.decode(jpeg, "photo").getWidth());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 9, 12, 21})
  void brokenExifDataDoesNotBreakThePicture(int length) {
    byte[] part = Arrays.copyOf(PictureBytes.exif(6, ByteOrder.BIG_ENDIAN), length);
    byte[] jpeg = PictureBytes.jpegWithExif(stored(1, BufferedImage.TYPE_INT_RGB, "jpeg"), part);
    BufferedImage found = ImageFile.decode(jpeg, "photo");
    assertEquals(WIDTH * HEIGHT, found.getWidth() * found.getHeight());
  }

  /** The picture as a file whose first row and column are where a value of the tag says. */
  private static byte[] stored(int value, int type, String format) {
    // Exif 2.3, table 6: the side of the shown picture where row 0 and where column 0 is.
    String rowZero =
        List.of("top", "top", "bottom", "bottom", "left", "right", "right", "left").get(value - 1);
    String columnZero =
        List.of("left", "right", "right", "left", "top", "top", "bottom", "bottom").get(value - 1);
    boolean turned = value > 4;
    BufferedImage stored =
        turned ? new BufferedImage(HEIGHT, WIDTH, type) : new BufferedImage(WIDTH, HEIGHT, type);
    for (int r = 0; r < stored.getHeight(); r++) {
      for (int c = 0; c < stored.getWidth(); c++) {
        int acrossRows = fromSide(rowZero, r);
        int acrossColumns = fromSide(columnZero, c);
        int brightness =
            turned ? brightness(acrossColumns, acrossRows) : brightness(acrossRows, acrossColumns);
        for (int band = 0; band < stored.getRaster().getNumBands(); band++) {
          stored.getRaster().setSample(c, r, band, brightness);
        }
      }
    }
    return PictureBytes.of(stored, format);
  }

  /** Where in the shown picture, counted from the top or the left, the n-th line from a side is. */
  private static int fromSide(String side, int n) {
    return switch (side) {
      case "bottom" -> HEIGHT - 1 - n;
      case "right" -> WIDTH - 1 - n;
      default -> n;
    };
  }
}
