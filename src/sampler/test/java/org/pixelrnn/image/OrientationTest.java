package org.pixelrnn.image;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JPEGs of one picture, stored as cameras held in all ways store them. */
class OrientationTest {
  private static final int HEIGHT = 16;
  private static final int WIDTH = 24;

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
    byte[] jpeg = withExif(stored(value, type), exif(value, order));
    Path file = Files.write(folder.resolve("photo.jpg"), jpeg);
    byte[] values = ImageFile.read(file, new ImageShape(HEIGHT, WIDTH, 1, 256));
    for (int r = 0; r < HEIGHT; r++) {
      for (int c = 0; c < WIDTH; c++) {
        assertEquals(brightness(r, c), Byte.toUnsignedInt(values[r * WIDTH + c]), 3);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9, 6 << 8})
  void aValueThatThereIsNotChangesNothing(int value) throws IOException {
    byte[] jpeg =
        withExif(stored(1, BufferedImage.TYPE_INT_RGB), exif(value, ByteOrder.BIG_ENDIAN));
    assertEquals(WIDTH, ImageFile.decode(jpeg, "photo").getWidth());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 9, 12, 21})
  void brokenExifDataDoesNotBreakThePicture(int length) throws IOException {
    byte[] part = Arrays.copyOf(exif(6, ByteOrder.BIG_ENDIAN), length);
    byte[] jpeg = withExif(stored(1, BufferedImage.TYPE_INT_RGB), part);
    BufferedImage found = ImageFile.decode(jpeg, "photo");
    assertEquals(WIDTH * HEIGHT, found.getWidth() * found.getHeight());
  }

  /** The picture as a JPEG whose first row and column are where a value of the tag says. */
  private static byte[] stored(int value, int type) throws IOException {
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
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(stored, "jpeg", out);
    return out.toByteArray();
  }

  /** Where in the shown picture, counted from the top or the left, the n-th line from a side is. */
  private static int fromSide(String side, int n) {
    return switch (side) {
      case "bottom" -> HEIGHT - 1 - n;
      case "right" -> WIDTH - 1 - n;
      default -> n;
    };
  }

  /** A TIFF file of one field, the tag 0x0112. */
  private static byte[] exif(int value, ByteOrder order) {
    ByteBuffer tiff = ByteBuffer.allocate(26).order(order);
    tiff.put((order == ByteOrder.BIG_ENDIAN ? "MM" : "II").getBytes(US_ASCII));
    tiff.putShort((short) 42).putInt(8).putShort((short) 1);
    tiff.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) value);
    return tiff.array();
  }

  private static byte[] withExif(byte[] jpeg, byte[] tiff) {
    return ByteBuffer.allocate(jpeg.length + 10 + tiff.length)
        .put(jpeg, 0, 2)
        .putShort((short) 0xffe1)
        .putShort((short) (8 + tiff.length))
        .put("Exif\0\0".getBytes(US_ASCII))
        .put(tiff)
        .put(jpeg, 2, jpeg.length - 2)
        .array();
  }
}
