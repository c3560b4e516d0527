package org.pixelrnn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.PictureBytes;
import org.pixelrnn.proto.v1.DataConfig;

class PictureFolderTest {
  private static final ImageShape GREY = new ImageShape(1, 1, 1, 256);

  @TempDir private Path folder;

  /** A PNG of 30×20 pixels, all of one brightness. */
  private Path png(String name, int brightness) {
    BufferedImage image = new BufferedImage(30, 20, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 600; i++) {
      image.getRaster().setSample(i % 30, i / 30, 0, brightness);
    }
    Path file = folder.resolve(name);
    ImageFile.write(image, file);
    return file;
  }

  private ImageDataset open(ImageShape shape) {
    return Datasets.open("folder:" + folder, NumberedDataset.CONFIG, shape);
  }

  private List<Integer> brightnesses(ImageDataset data, Split split) {
    List<Integer> all = new ArrayList<>();
    byte[] pixel = new byte[1];
    for (int i = 0; i < data.size(split); i++) {
      data.read(split, 0, i, pixel);
      all.add(Byte.toUnsignedInt(pixel[0]));
    }
    return all;
  }

  @Test
  void picturesAreOrderedByTheirPathsAndOtherFilesAreSkipped() throws IOException {
    png("train/b.PNG", 20);
    png("train/a/z.png", 10);
    png("train/c.png", 30);
    png("val/1.png", 40);
    png("test/1.png", 50);
    png(".hidden/1.png", 60);
    png("train/.1.png", 70);
    Files.writeString(folder.resolve("train/._b.PNG"), "Mac OS X        ");
    Files.createDirectory(folder.resolve("train/Thumbs.db"));
    png("train/Thumbs.db/1.png", 80);
    Files.writeString(folder.resolve("train/labels.txt"), "cats");
    try (ImageDataset data = open(GREY)) {
      assertEquals("folder", data.name());
      assertEquals(GREY, data.shape());
      assertEquals(List.of(10, 20, 30), brightnesses(data, Split.TRAIN));
      assertEquals(List.of(40), brightnesses(data, Split.VALIDATION));
      assertEquals(List.of(50), brightnesses(data, Split.TEST));
    }
  }

  /** Files of Python's Pillow. Red grows downwards, green to the right, and blue is constant. */
  @ParameterizedTest
  @CsvSource({"png,0", "bmp,0", "tiff,0", "webp,0", "gif,14", "jpeg,12"})
  void readsFilesOfOtherPrograms(String format, int tolerance) throws IOException {
    Files.createDirectory(folder.resolve("train"));
    try (InputStream in = PictureFolderTest.class.getResourceAsStream("picture." + format)) {
      Files.copy(in, folder.resolve("train/picture." + format));
    }
    png("val/1.png", 0);
    ImageShape shape = new ImageShape(24, 36, 3, 256);
    byte[] picture = new byte[shape.dimensions()];
    try (ImageDataset data = open(shape)) {
      data.read(Split.TRAIN, 0, 0, picture);
    }
    for (int i = 0; i < 24 * 36; i++) {
      int[] colours = {i / 36 * 10 + 4, i % 36 * 7, 160};
      for (int channel = 0; channel < 3; channel++) {
        assertEquals(colours[channel], Byte.toUnsignedInt(picture[3 * i + channel]), tolerance);
      }
    }
  }

  @Test
  void picturesOfAnySizeGetTheModelsShapeInGreyAndColour() {
    ImageFile.write(
        new BufferedImage(7, 20, BufferedImage.TYPE_INT_RGB), folder.resolve("train/tall.png"));
    png("train/wide.png", 100);
    png("test/1.png", 0);
    for (int channels : new int[] {1, 3}) {
      ImageShape shape = new ImageShape(12, 17, channels, 8);
      try (ImageDataset data = open(shape)) {
        assertEquals(new ImageShape(12, 17, channels, 256), data.shape());
        byte[] picture = new byte[shape.dimensions()];
        data.read(Split.TRAIN, 0, 0, picture);
        data.read(Split.TRAIN, 0, 1, picture);
        assertEquals(100, picture[picture.length / 2]);
      }
    }
    InputException two =
        assertThrows(InputException.class, () -> open(new ImageShape(4, 4, 2, 256)));
    assertTrue(two.getMessage().startsWith("model.channels = 2, but"), two.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 57, 99})
  void aBrokenPictureIsReplacedByTheNext(int which) throws IOException {
    for (int i = 0; i < 100; i++) {
      png(String.format(Locale.ROOT, "train/%03d.png", i), i + 100);
    }
    for (int i = 0; i < 100; i++) {
      png(String.format(Locale.ROOT, "val/%03d.png", i), i);
    }
    Path file = folder.resolve(String.format(Locale.ROOT, "train/%03d.png", which));
    Files.write(file, new byte[] {1, 2, 3});
    try (ImageDataset data = open(GREY)) {
      List<Integer> found = brightnesses(data, Split.TRAIN);
      for (int i = 0; i < 100; i++) {
        int shown = i == which ? (i + 1) % 100 : i;
        assertEquals(shown + 100, found.get(i));
      }
      assertEquals(found, brightnesses(data, Split.TRAIN));
    }
  }

  @Test
  void readingFailsWhenMoreThanOneInAHundredIsBroken() throws IOException {
    for (int i = 0; i < 250; i++) {
      png(String.format(Locale.ROOT, "train/%03d.png", i), 5);
    }
    png("val/1.png", 0);
    for (int i : new int[] {3, 100}) {
      Files.write(
          folder.resolve(String.format(Locale.ROOT, "train/%03d.png", i)), new byte[] {1, 2, 3});
    }
    try (ImageDataset data = open(GREY)) {
      assertEquals(250, brightnesses(data, Split.TRAIN).size());
    }
    Path third = folder.resolve("train/200.png");
    byte[] whole = Files.readAllBytes(third);
    Files.write(third, Arrays.copyOf(whole, whole.length / 2));
    try (ImageDataset data = open(GREY)) {
      String message =
          assertThrows(InputException.class, () -> brightnesses(data, Split.TRAIN)).getMessage();
      assertTrue(
          message.startsWith(
              "picture folder "
                  + folder
                  + ": 3 of its 251 pictures are broken, expected at most 1 %; the last one: image "
                  + third
                  + ": broken: "),
          message);
      assertFalse(message.contains("\n"), message);
      // From then on every read fails, in every thread.
      assertThrows(InputException.class, () -> brightnesses(data, Split.TRAIN));
    }
  }

  @Test
  void theDigestChangesWithNamesSizesAndContents() throws IOException {
    png("train/1.png", 1);
    Path second = png("train/2.png", 2);
    String digest = open(GREY).digest();
    assertEquals(digest, open(new ImageShape(3, 3, 3, 4)).digest());
    byte[] content = Files.readAllBytes(second);
    content[content.length - 1] ^= 1;
    Files.write(second, content);
    String changed = open(GREY).digest();
    assertNotEquals(digest, changed);
    Files.move(second, folder.resolve("train/3.png"));
    assertNotEquals(changed, open(GREY).digest());
  }

  /** The digest has the bytes of every second one of 200 pictures. */
  @Test
  void theFullDigestChangesWithEachPicture() throws IOException {
    byte[] content = Files.readAllBytes(png("train/0.png", 0));
    for (int i = 1; i < 200; i++) {
      Files.write(folder.resolve("train/" + (1000 + i) + ".png"), content);
    }
    String digest = open(GREY).digest();
    String fullDigest = open(GREY).fullDigest();
    content[content.length - 1] ^= 1;
    Files.write(folder.resolve("train/1007.png"), content);
    assertEquals(digest, open(GREY).digest());
    assertNotEquals(fullDigest, open(GREY).fullDigest());
  }

  @Test
  void theMessageNamesAFolderThatCannotBeUsed() throws IOException {
    String prefix = "picture folder " + folder;
    assertEquals(
        prefix + ": there are no pictures in it, expected at least one",
        assertThrows(InputException.class, () -> open(GREY)).getMessage());
    assertEquals(
        prefix + "/none: no such folder",
        assertThrows(
                InputException.class,
                () -> Datasets.open("folder:" + folder + "/none", NumberedDataset.CONFIG, GREY))
            .getMessage());
  }

  @Test
  void aLinkThatLeadsInACircleIsPassedOver() throws IOException {
    png("train/1.png", 10);
    png("val/1.png", 20);
    Files.createSymbolicLink(folder.resolve("train/round"), folder);
    Files.createSymbolicLink(folder.resolve("train/nowhere.png"), folder.resolve("none"));
    try (ImageDataset data = open(GREY)) {
      assertEquals(List.of(10), brightnesses(data, Split.TRAIN));
      assertEquals(List.of(20), brightnesses(data, Split.VALIDATION));
    }
  }

  @Test
  void aRefusalSaysWhereARelativeFolderWasLookedFor() {
    for (String kind : List.of("folder", "mnist", "cifar10", "tfrecord")) {
      String spec = kind + ":no/such/place" + (kind.equals("tfrecord") ? "/*" : "");
      String message =
          assertThrows(
                  InputException.class, () -> Datasets.open(spec, NumberedDataset.CONFIG, GREY))
              .getMessage();
      assertTrue(message.contains(Path.of("no/such/place").toAbsolutePath().toString()), message);
    }
  }

  /** Its full size would be 144 MB, and as floating-point numbers four times as much. */
  @Test
  void oneHugePictureAmongSmallOnesIsReadWithLittleMemory() throws IOException {
    png("train/1.png", 10);
    png("val/1.png", 0);
    byte[] row = new byte[12_000];
    Arrays.fill(row, (byte) 77);
    Files.write(folder.resolve("train/2.png"), PictureBytes.largePng(12_000, row));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (ImageDataset data = open(GREY)) {
      long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      assertEquals(List.of(10, 77), brightnesses(data, Split.TRAIN));
      long used = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
      assertTrue(used < 1 << 27, used + " bytes");
    }
  }

  @Test
  void onlyDataSetsOfAnySizeCanBeCropped() {
    DataConfig crop = DataConfig.newBuilder().setRandomCrop(0.5).build();
    String message =
        assertThrows(InputException.class, () -> Datasets.open("strokes", crop, GREY)).getMessage();
    assertTrue(message.startsWith("data.random_crop = 0.5, but the images of strokes"), message);
    png("1.png", 1);
    Datasets.open("folder:" + folder, crop, GREY).close();
  }

  @Test
  void picturesAreTheSameInSeveralThreads() {
    for (int i = 0; i < 50; i++) {
      png("train/" + i + ".png", i);
    }
    png("val/1.png", 0);
    try (ImageDataset data = open(GREY)) {
      List<Integer> expected = brightnesses(data, Split.TRAIN);
      IntStream.range(0, 8)
          .parallel()
          .forEach(i -> assertEquals(expected, brightnesses(data, Split.TRAIN)));
      byte[] first = new byte[1];
      data.read(Split.TRAIN, 7, 0, first);
      assertArrayEquals(new byte[] {expected.get(0).byteValue()}, first);
    }
  }
}
