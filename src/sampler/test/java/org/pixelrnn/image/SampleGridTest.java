package org.pixelrnn.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleGridTest {
  private static final int GAP = 2;

  /** The colour in the middle of a pixel of the image at (row, column) of a grid. */
  private static int pixel(
      BufferedImage grid, ImageShape shape, int scale, int row, int column, int r, int c) {
    int y = GAP + row * (shape.height() * scale + GAP) + r * scale + scale / 2;
    int x = GAP + column * (shape.width() * scale + GAP) + c * scale + scale / 2;
    return grid.getRGB(x, y) & 0xFFFFFF;
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "2,1,2", "3,2,2", "4,2,2", "5,2,3", "9,3,3", "10,3,4", "100,10,10"})
  void isNearlySquare(int count, int rows, int columns) {
    ImageShape shape = new ImageShape(28, 28, 1, 2);
    BufferedImage grid = SampleGrid.of(Images.of(shape, new byte[count * 784]));
    assertEquals(GAP + columns * (28 * 3 + GAP), grid.getWidth());
    assertEquals(GAP + rows * (28 * 3 + GAP), grid.getHeight());
  }

  @ParameterizedTest
  @CsvSource({"28,28,3", "32,32,3", "64,64,1", "2,3,32", "1,1,96", "128,16,1", "20,40,2"})
  void smallImagesAreEnlarged(int height, int width, int scale) {
    ImageShape shape = new ImageShape(height, width, 1, 2);
    BufferedImage grid = SampleGrid.of(Images.of(shape, new byte[shape.dimensions()]), 1);
    assertEquals(2 * GAP + width * scale, grid.getWidth());
    assertEquals(2 * GAP + height * scale, grid.getHeight());
  }

  @Test
  void everyPixelIsWhereItBelongs() {
    ImageShape shape = new ImageShape(2, 3, 3, 256);
    byte[] levels = new byte[5 * shape.dimensions()];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) (37 * i);
    }
    Images images = Images.of(shape, levels);
    BufferedImage grid = SampleGrid.of(images, 2);
    for (int i = 0; i < 5; i++) {
      for (int r = 0; r < 2; r++) {
        for (int c = 0; c < 3; c++) {
          int expected =
              images.level(i, r, c, 0) << 16
                  | images.level(i, r, c, 1) << 8
                  | images.level(i, r, c, 2);
          assertEquals(expected, pixel(grid, shape, 32, i / 2, i % 2, r, c));
        }
      }
    }
  }

  @Test
  void completionsStandBetweenWhatWasKnownAndTheOriginal() {
    ImageShape shape = new ImageShape(2, 1, 1, 3);
    Images originals = Images.of(shape, new byte[] {0, 1, 1, 2});
    Images first = Images.of(shape, new byte[] {0, 0, 1, 0});
    Images second = Images.of(shape, new byte[] {0, 2, 1, 1});
    boolean[] known = Occlusion.parse("bottom:0.5").known(2, 1);
    BufferedImage grid = SampleGrid.completions(originals, known, List.of(first, second));
    int[] grey = {0, 0x808080, 0xFFFFFF};
    int[][] lower = {{-1, 0, 2, 1}, {-1, 0, 1, 2}};
    for (int row = 0; row < 2; row++) {
      for (int column = 0; column < 4; column++) {
        int upper = pixel(grid, shape, 48, row, column, 0, 0);
        assertEquals(grey[row == 0 ? 0 : 1], upper);
        int seen = pixel(grid, shape, 48, row, column, 1, 0);
        if (column == 0) {
          assertEquals(0x909090, seen);
        } else {
          assertEquals(grey[lower[row][column]], seen);
        }
      }
    }
    assertEquals(GAP + 4 * (48 + GAP), grid.getWidth());
    assertEquals(GAP + 2 * (96 + GAP), grid.getHeight());
  }

  @Test
  void hiddenPixelsAreAChequerboard() {
    ImageShape shape = new ImageShape(1, 2, 1, 2);
    Images image = Images.of(shape, new byte[2]);
    BufferedImage grid = SampleGrid.completions(image, new boolean[2], List.of());
    assertNotEquals(pixel(grid, shape, 48, 0, 0, 0, 0), pixel(grid, shape, 48, 0, 0, 0, 1));
  }

  @Test
  void imagesOfAnotherShapeOrNumberAreRefused() {
    Images two = Images.of(new ImageShape(2, 1, 1, 2), new byte[4]);
    boolean[] known = new boolean[2];
    List<Images> otherShape = List.of(Images.of(new ImageShape(1, 2, 1, 2), new byte[4]));
    List<Images> otherCount = List.of(two.slice(0, 1));
    assertThrows(
        IllegalArgumentException.class, () -> SampleGrid.completions(two, known, otherShape));
    assertThrows(
        IllegalArgumentException.class, () -> SampleGrid.completions(two, known, otherCount));
  }

  @Test
  void eachImageHasItsSmallVersionToTheLeft() {
    ImageShape shape = new ImageShape(2, 4, 1, 2);
    ImageShape half = new ImageShape(1, 2, 1, 2);
    Images small = Images.of(half, new byte[] {0, 1, 1, 1});
    Images images = Images.of(shape, new byte[] {0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1});
    BufferedImage grid = SampleGrid.scales(small, images);
    int scale = 96 / 4;
    // Two pairs in one row.
    assertEquals(GAP + 4 * (4 * scale + GAP), grid.getWidth());
    assertEquals(GAP + 2 * scale + GAP, grid.getHeight());
    for (int image = 0; image < 2; image++) {
      for (int r = 0; r < 2; r++) {
        for (int c = 0; c < 4; c++) {
          int white = 0xFFFFFF;
          assertEquals(
              white * small.level(image, 0, c / 2, 0),
              pixel(grid, shape, scale, 0, 2 * image, r, c));
          assertEquals(
              white * images.level(image, r, c, 0),
              pixel(grid, shape, scale, 0, 2 * image + 1, r, c));
        }
      }
    }
    BufferedImage upscaled = SampleGrid.upscaled(small.slice(0, 1), images);
    assertEquals(0, pixel(upscaled, shape, scale, 0, 0, 1, 1));
    assertEquals(0xFFFFFF, pixel(upscaled, shape, scale, 0, 0, 1, 2));
    assertEquals(0xFFFFFF, pixel(upscaled, shape, scale, 1, 0, 0, 1));
  }

  /** Images of a shape, all of them different. */
  private static Images different(ImageShape shape, int count) {
    byte[] levels = new byte[count * shape.dimensions()];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) ((i + i / 7 + i / 64) % shape.levels());
    }
    return Images.of(shape, levels);
  }

  private static void assertSame(BufferedImage expected, BufferedImage found) {
    assertEquals(expected.getWidth(), found.getWidth());
    assertEquals(expected.getHeight(), found.getHeight());
    int width = expected.getWidth();
    int height = expected.getHeight();
    assertArrayEquals(
        expected.getRGB(0, 0, width, height, null, 0, width),
        found.getRGB(0, 0, width, height, null, 0, width));
  }

  @Test
  void aGridThatIsFilledPieceByPieceIsTheSame() {
    ImageShape shape = new ImageShape(4, 6, 3, 5);
    Images images = different(shape, 7);
    Images small = different(new ImageShape(2, 3, 3, 5), 7);
    SampleGrid samples = SampleGrid.ofSamples(shape, 7);
    SampleGrid pairs = SampleGrid.ofPairs(shape, 7);
    SampleGrid upscaled = SampleGrid.ofUpscaled(shape, 7);
    upscaled.paint(small.slice(0, 1), 0, 1);
    for (int[] piece : new int[][] {{0, 3}, {3, 6}, {6, 7}}) {
      Images part = images.slice(piece[0], piece[1]);
      samples.paint(part, piece[0], 1);
      pairs.paint(small.slice(piece[0], piece[1]), 2 * piece[0], 2);
      pairs.paint(part, 2 * piece[0] + 1, 2);
      upscaled.paint(part, 1 + piece[0], 1);
    }
    assertSame(SampleGrid.of(images), samples.picture());
    assertSame(SampleGrid.scales(small, images), pairs.picture());
    assertSame(SampleGrid.upscaled(small.slice(0, 1), images), upscaled.picture());
  }

  @ParameterizedTest
  @CsvSource({"28,1,2147483647", "1000,3,200"})
  void asManyImagesAsFitAreNamed(int side, int channels, int count) {
    ImageShape shape = new ImageShape(side, side, channels, 2);
    List<IntFunction<SampleGrid>> grids =
        List.of(
            n -> SampleGrid.ofSamples(shape, n),
            n -> SampleGrid.ofPairs(shape, n),
            n -> SampleGrid.ofUpscaled(shape, n),
            n -> SampleGrid.ofCompletions(shape, n, 3));
    for (IntFunction<SampleGrid> grid : grids) {
      String message =
          assertThrows(PictureTooLargeException.class, () -> grid.apply(count)).getMessage();
      assertTrue(message.startsWith(count + " images of " + shape + " do not fit "), message);
      int most = Integer.parseInt(message.replaceAll(".* at most (\\d+) images", "$1"));
      BufferedImage picture = grid.apply(most).picture();
      assertTrue((long) picture.getWidth() * picture.getHeight() <= 100_000_000);
      assertThrows(PictureTooLargeException.class, () -> grid.apply(most + 1));
    }
  }

  @Test
  void whatNeverFitsIsRefused() {
    ImageShape large = new ImageShape(20_000, 20_000, 1, 2);
    assertThrows(PictureTooLargeException.class, () -> SampleGrid.ofSamples(large, 1));
    ImageShape small = new ImageShape(2, 2, 1, 2);
    int most = Integer.MAX_VALUE;
    assertThrows(PictureTooLargeException.class, () -> SampleGrid.ofCompletions(small, 1, most));
    assertThrows(PictureTooLargeException.class, () -> SampleGrid.ofCompletions(small, most, most));
  }
}
