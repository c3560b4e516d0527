package org.pixelrnn.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFileTest {
  @TempDir private Path folder;

  /** Red grows to the right, green downwards, blue is constant. */
  private static BufferedImage colours(int height, int width) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int r = 0; r < height; r++) {
      for (int c = 0; c < width; c++) {
        image.setRGB(c, r, (200 * c / width) << 16 | (200 * r / height) << 8 | 90);
      }
    }
    return image;
  }

  private static byte[] encoded(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, format, out));
    return out.toByteArray();
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private static ImageShape shape(int height, int width, int channels) {
    return new ImageShape(height, width, channels, 256);
  }

  @Test
  void aPngComesBackToTheLastBit() {
    BufferedImage image = colours(5, 7);
    Path file = folder.resolve("new/folder/image.png");
    ImageFile.write(image, file);
    byte[] values = ImageFile.read(file, shape(5, 7, 3));
    for (int r = 0, at = 0; r < 5; r++) {
      for (int c = 0; c < 7; c++) {
        int rgb = image.getRGB(c, r);
        for (int shift = 16; shift >= 0; shift -= 8, at++) {
          assertEquals(rgb >> shift & 255, Byte.toUnsignedInt(values[at]));
        }
      }
    }
  }

  @Test
  void aJpegIsNearlyWhatWasWritten() throws IOException {
    Path file = file("photo.jpg", encoded(colours(32, 40), "jpeg"));
    byte[] expected = Picture.of(colours(32, 40)).values(shape(32, 40, 3));
    byte[] values = ImageFile.read(file, shape(32, 40, 3));
    for (int i = 0; i < values.length; i++) {
      assertEquals(Byte.toUnsignedInt(expected[i]), Byte.toUnsignedInt(values[i]), 16);
    }
  }

  @Test
  void aMissingFileIsNamed() {
    Path missing = folder.resolve("none.png");
    assertEquals(
        "image " + missing + ": cannot be read: no such file",
        assertThrows(InputException.class, () -> ImageFile.decode(missing)).getMessage());
    String message =
        assertThrows(InputException.class, () -> ImageFile.decode(folder)).getMessage();
    assertTrue(message.startsWith("image " + folder + ": cannot be read: "), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "just some text", "\u0000\u0000\u0000\u0000\u0000", "P7 1 1"})
  void whatIsNoPictureIsNamed(String content) throws IOException {
    Path file = file("text.png", content.getBytes(UTF_8));
    String message = assertThrows(InputException.class, () -> ImageFile.decode(file)).getMessage();
    int size = content.getBytes(UTF_8).length;
    assertTrue(
        message.startsWith("image " + file + ": " + size + " bytes that are not a picture;"),
        message);
    assertTrue(message.contains("JPEG") && message.contains("PNG"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg", "gif", "bmp"})
  void aTruncatedPictureIsNeverTakenForAWholeOne(String format) throws IOException {
    BufferedImage image = colours(40, 40);
    for (int i = 0; i < 1600; i++) {
      image.setRGB(i % 40, i / 40, i * 7919 * 104729); // Noise, so that there are many bytes.
    }
    byte[] whole = encoded(image, format);
    // PNG's and GIF's last bytes only say that there is no more.
    int most = format.equals("png") ? whole.length - 16 : whole.length - 2;
    for (int length = 0; length < most; length += 1 + length / 20) {
      byte[] part = Arrays.copyOf(whole, length);
      String message =
          assertThrows(
                  InputException.class,
                  () -> ImageFile.decode(part, "part"),
                  length + " bytes of " + whole.length)
              .getMessage();
      assertTrue(message.startsWith("image part: "), message);
      assertFalse(message.contains("\n"), message);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg"})
  void aFlippedByteNeverEscapesAsAnotherException(String format) throws IOException {
    byte[] whole = encoded(colours(16, 16), format);
    for (int at = 0; at < whole.length; at++) {
      byte[] flipped = whole.clone();
      flipped[at] ^= (byte) 0x55;
      try {
        ImageFile.decode(flipped, "flipped");
      } catch (InputException e) {
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
      }
    }
  }

  @Test
  void aHeaderThatPromisesTooMuchCostsNoMemory() throws IOException {
    byte[] png = encoded(colours(2, 2), "png");
    ByteBuffer header = ByteBuffer.wrap(png);
    header.putInt(16, 100_000).putInt(20, 100_000);
    CRC32 crc = new CRC32();
    crc.update(png, 12, 17);
    header.putInt(29, (int) crc.getValue());
    assertEquals(
        "image bomb: broken: its header promises 10000000000 pixels",
        assertThrows(InputException.class, () -> ImageFile.decode(png, "bomb")).getMessage());
  }

  @Test
  void anOldFileIsReplacedAndNothingElseIsLeft() throws IOException {
    Path file = file("image.png", "old".getBytes(UTF_8));
    ImageFile.write(colours(3, 3), file);
    assertArrayEquals(encoded(colours(3, 3), "png"), Files.readAllBytes(file));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void aPlaceThatCannotBeWrittenToIsNamedAndNothingIsLeft() throws IOException {
    Path plain = file("plain", new byte[0]);
    Path full = Files.createDirectories(folder.resolve("full/inner")).getParent();
    for (Path place : new Path[] {plain.resolve("image.png"), full}) {
      String message =
          assertThrows(InputException.class, () -> ImageFile.write(colours(3, 3), place))
              .getMessage();
      assertTrue(message.startsWith("image " + place + ": cannot be written: "), message);
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(2, files.count());
    }
  }
}
