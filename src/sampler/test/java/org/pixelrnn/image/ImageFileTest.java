package org.pixelrnn.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.records.OutputFile;

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

  /** Else a picture fails where there is no room, and while the process is shutting down. */
  @Test
  void aPictureIsWrittenWithoutTemporaryFiles() throws IOException {
    Path cache = Files.createDirectory(folder.resolve("cache"));
    ImageIO.setCacheDirectory(cache.toFile());
    try {
      Files.delete(cache);
      ImageFile.write(colours(5, 7), folder.resolve("image.png"));
    } finally {
      ImageIO.setCacheDirectory(null);
    }
    assertEquals(7, ImageFile.decode(folder.resolve("image.png")).getWidth());
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

  private static BufferedImage noise(int type) {
    BufferedImage image = new BufferedImage(40, 40, type);
    for (int i = 0; i < 1600; i++) {
      image.setRGB(i % 40, i / 40, i * 7919 * 104729);
    }
    return image;
  }

  static Stream<byte[]> jpegs() {
    return Stream.of(BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_BYTE_GRAY)
        .map(ImageFileTest::noise)
        .flatMap(
            image ->
                Stream.of(PictureBytes.of(image, "jpeg"), PictureBytes.progressiveJpeg(image)));
  }

  @ParameterizedTest
  @MethodSource("jpegs")
  void aJpegThatLacksOnlyItsEndMarkerIsRead(byte[] jpeg) {
    ImageShape shape = shape(40, 40, 3);
    byte[] whole = Picture.of(ImageFile.decode(jpeg, "whole")).values(shape);
    for (int less = 1; less <= 2; less++) {
      byte[] part = Arrays.copyOf(jpeg, jpeg.length - less);
      assertArrayEquals(whole, Picture.of(ImageFile.decode(part, "part")).values(shape));
    }
  }

  @Test
  void aJpegThatLacksAWholeScanIsBroken() {
    byte[] jpeg = PictureBytes.progressiveJpeg(noise(BufferedImage.TYPE_INT_RGB));
    int scans = 0;
    for (int at = 2; at < jpeg.length - 2; at++) {
      // A scan and what belongs to it begins with its Huffman tables or with its header.
      if (jpeg[at] == (byte) 0xff && (jpeg[at + 1] == (byte) 0xda || jpeg[at + 1] == (byte) 0xc4)) {
        byte[] part = Arrays.copyOf(jpeg, at);
        assertThrows(InputException.class, () -> ImageFile.decode(part, "part"), at + " bytes");
        scans++;
      }
    }
    assertTrue(scans > 10, scans + " scans");
  }

  @Test
  void aPictureOf144MegapixelsIsReadWithGaps() {
    byte[] row = new byte[12_000];
    for (int c = 0; c < row.length; c++) {
      row[c] = (byte) (c / 3_000 * 60 + 20);
    }
    byte[] png = PictureBytes.largePng(12_000, row);
    long before = allocated();
    BufferedImage image = ImageFile.decode(png, "panorama");
    assertEquals(6_000, image.getHeight());
    byte[] values = Picture.of(image).values(shape(4, 4, 1));
    long used = allocated() - before;
    for (int i = 0; i < values.length; i++) {
      assertEquals(i % 4 * 60 + 20, Byte.toUnsignedInt(values[i]), 8);
    }
    assertTrue(used < 1 << 27, used + " bytes");
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getThreadAllocatedBytes(Thread.currentThread().getId());
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

  /** A damaged WebP. Its decoder wants many more bytes than there are. */
  @Test
  void aPictureThatEndsTooSoonIsNotFilledWithZeros() {
    byte[] webP =
        HexFormat.of()
            .parseHex(
                "5249464634000000574542505650384c270000002f23c00500b93244f43f765c333737b64dd9"
                    + "fddb1e3d211ba04c1526031a136087a283e239393939393939393939393939393939393939392f0000");
    Duration most = Duration.ofSeconds(30);
    String message =
        assertTimeoutPreemptively(
            most,
            () ->
                assertThrows(InputException.class, () -> ImageFile.decode(webP, "mutant"))
                    .getMessage());
    assertEquals("image mutant: broken: it ends too soon", message);
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

  /** The folder of a link is not that of the file that is replaced. */
  @Test
  void aLinkStaysAndItsFileIsReplaced() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    Path file = Files.writeString(other.resolve("old.png"), "old");
    Files.createSymbolicLink(other.resolve("second"), Path.of("old.png"));
    Path link = Files.createSymbolicLink(folder.resolve("first.png"), Path.of("other/second"));
    Path dangling = Files.createSymbolicLink(folder.resolve("new.png"), Path.of("other/new"));
    for (Path written : new Path[] {link, dangling}) {
      ImageFile.write(colours(3, 3), written);
      assertTrue(Files.isSymbolicLink(written));
    }
    assertArrayEquals(encoded(colours(3, 3), "png"), Files.readAllBytes(file));
    assertArrayEquals(encoded(colours(3, 3), "png"), Files.readAllBytes(other.resolve("new")));
    assertTrue(Files.isSymbolicLink(other.resolve("second")));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(3, files.count());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipe", "pipe.png", "link to pipe"})
  void aPipeIsWrittenInto(String name) throws Exception {
    Path pipe = folder.resolve(name.replace("link to ", ""));
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    if (!pipe.equals(folder.resolve(name))) {
      Files.createSymbolicLink(folder.resolve(name), pipe);
    }
    Path read = folder.resolve("read");
    Process reader =
        new ProcessBuilder("cat", pipe.toString()).redirectOutput(read.toFile()).start();
    ImageFile.write(colours(3, 3), folder.resolve(name));
    assertEquals(0, reader.waitFor());
    assertArrayEquals(encoded(colours(3, 3), "png"), Files.readAllBytes(read));
    assertTrue(OutputFile.isSpecial(pipe));
  }

  @Test
  void aDeviceStaysADevice() {
    Path device = Path.of("/dev/null");
    ImageFile.write(colours(3, 3), device);
    assertTrue(OutputFile.isSpecial(device));
    assertEquals(
        "image /dev/full: cannot be written: No space left on device",
        assertThrows(
                InputException.class, () -> ImageFile.write(colours(3, 3), Path.of("/dev/full")))
            .getMessage());
  }

  /** The shell has opened a file for a process, for instance with {@code >> log}. */
  @Test
  void aFileThatAProcessHasOpenIsNotReplaced() throws Exception {
    Path log = Files.writeString(folder.resolve("log"), "kept");
    Process holder =
        new ProcessBuilder("sleep", "100")
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    try {
      Path open = Path.of("/proc/" + holder.pid() + "/fd/1");
      String message =
          assertThrows(InputException.class, () -> ImageFile.write(colours(3, 3), open))
              .getMessage();
      assertTrue(message.endsWith("give its own name"), message);
      assertEquals("kept", Files.readString(log));
    } finally {
      holder.destroy();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "x.jpg, 'PNG only, not jpg; expected a name that ends in .png'",
    "x.png.webp, 'PNG only, not webp; expected a name that ends in .png'",
    "., it is a folder; expected a file",
    ".., it is a folder; expected a file",
    "/, it is a folder; expected a file",
    "'', it is a folder; expected a file",
    "circle.png, its symbolic links lead in a circle",
    "folder.png, it is a folder; expected a file",
  })
  void whatCannotBeAPngIsRefusedBeforehand(String name, String why) throws IOException {
    Files.createSymbolicLink(folder.resolve("circle.png"), Path.of("circle.png"));
    Files.createDirectory(folder.resolve("folder.png"));
    Path file = name.isEmpty() ? Path.of("") : folder.resolve(name);
    String expected = "image " + file + ": cannot be written: " + why;
    assertEquals(
        expected,
        assertThrows(InputException.class, () -> ImageFile.checkWritable(file)).getMessage());
    assertEquals(
        expected,
        assertThrows(InputException.class, () -> ImageFile.write(colours(3, 3), file))
            .getMessage());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(2, files.count());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x.PNG", "x", ".png"})
  void otherNamesArePngs(String name) throws IOException {
    ImageFile.write(colours(3, 3), folder.resolve(name));
    assertEquals(3, ImageFile.decode(folder.resolve(name)).getWidth());
  }

  @Test
  void aNameMayBeAsLongAsNamesCanBe() throws IOException {
    Path longest = folder.resolve("x".repeat(251) + ".png");
    ImageFile.write(colours(3, 3), longest);
    assertEquals(3, ImageFile.decode(longest).getWidth());
  }
}
