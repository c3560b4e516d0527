package org.pixelrnn.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Round trips of images of any shape. */
class ImagesTest {

  @Property(tries = 100)
  void anImageThatIsWrittenAndReadAgainIsUnchanged(
      @ForAll @IntRange(min = 1, max = 9) int height,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll boolean colour,
      @ForAll @IntRange(min = 2, max = 256) int levels,
      @ForAll long seed)
      throws IOException {
    Images image = random(1, new ImageShape(height, width, colour ? 3 : 1, levels), seed);
    Path file = Files.createTempFile("image", ".png");
    try {
      ImageFile.write(painted(image), file);
      assertEquals(image, Images.read(file, image.shape()));
    } finally {
      Files.delete(file);
    }
  }

  @Property
  void slicesJoinToTheWhole(
      @ForAll @IntRange(max = 6) int first, @ForAll @IntRange(max = 6) int more) {
    Images whole = random(first + more, new ImageShape(2, 3, 3, 5), first);
    assertEquals(
        whole, Images.concat(List.of(whole.slice(0, first), whole.slice(first, first + more))));
  }

  @Property
  void enlargedPixelsAreRepeated(
      @ForAll @IntRange(max = 3) int count, @ForAll @IntRange(min = 1, max = 4) int factor) {
    Images images = random(count, new ImageShape(2, 3, 3, 256), factor);
    Images large = images.enlarged(factor);
    assertEquals(new ImageShape(2 * factor, 3 * factor, 3, 256), large.shape());
    assertEquals(count, large.count());
    for (int i = 0; i < count; i++) {
      for (int row = 0; row < 2 * factor; row++) {
        for (int column = 0; column < 3 * factor; column++) {
          assertEquals(
              images.level(i, row / factor, column / factor, 1), large.level(i, row, column, 1));
        }
      }
    }
  }

  @Example
  void levelsOfAnotherShapeAreRefused() {
    ImageShape shape = new ImageShape(1, 2, 1, 3);
    assertArrayEquals(new byte[] {0, 2}, Images.of(shape, new byte[] {0, 2}).levels());
    assertThrows(IllegalArgumentException.class, () -> Images.of(shape, new byte[3]));
    assertThrows(IllegalArgumentException.class, () -> Images.of(shape, new byte[] {0, 3}));
    Images other = Images.of(new ImageShape(2, 1, 1, 3), new byte[2]);
    Images image = Images.of(shape, new byte[2]);
    assertThrows(IllegalArgumentException.class, () -> Images.concat(List.of(image, other)));
  }

  private static BufferedImage painted(Images image) {
    ImageShape shape = image.shape();
    BufferedImage picture =
        new BufferedImage(shape.width(), shape.height(), BufferedImage.TYPE_INT_RGB);
    for (int pixel = 0; pixel < shape.pixels(); pixel++) {
      int rgb = Levels.of(shape).rgb(image.levels(), pixel * shape.channels(), shape.channels());
      picture.setRGB(pixel % shape.width(), pixel / shape.width(), rgb);
    }
    return picture;
  }

  private static Images random(int count, ImageShape shape, long seed) {
    Random random = new Random(seed);
    byte[] levels = new byte[count * shape.dimensions()];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) random.nextInt(shape.levels());
    }
    return Images.of(shape, levels);
  }
}
