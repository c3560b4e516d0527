package org.pixelrnn.model.scan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The places of a mirror image are permutations, and they mirror. */
class MirrorImageTest {

  @Example
  void thePictureOfTheClassCommentIsRight() {
    MirrorImage mirror = new MirrorImage(new Diagonals(3, 4));
    assertEquals(new Diagonals(2, 4), mirror.diagonals());
    assertEquals("abecfidgjhkl", pixelsAt(mirror, IntStream.range(0, 12).toArray()));
    // The mirror image in its own order of diagonals, then the row that is left out.
    assertEquals("dchbgafe" + "ijkl", pixelsAt(mirror, mirror.placesInImage()));
    int[] places = mirror.places();
    assertEquals(0, places[mirror.image().position(0, 3)], "d");
    assertEquals(1, places[mirror.image().position(0, 2)], "c");
    assertEquals(2, places[mirror.image().position(1, 3)], "h");
    assertEquals(8, places[mirror.image().position(2, 0)], "i");
  }

  @Property
  void placesAndPlacesInImageAreInverse(
      @ForAll @IntRange(min = 1, max = 12) int height,
      @ForAll @IntRange(min = 1, max = 12) int width) {
    MirrorImage mirror = new MirrorImage(new Diagonals(height, width));
    int[] places = mirror.places();
    int[] placesInImage = mirror.placesInImage();
    int[] identity = IntStream.range(0, height * width).toArray();
    assertArrayEquals(identity, IntStream.of(places).map(p -> placesInImage[p]).toArray());
    assertArrayEquals(identity, IntStream.of(placesInImage).map(p -> places[p]).toArray());
  }

  @Property
  void everyRowButTheLastIsMirrored(
      @ForAll @IntRange(min = 1, max = 12) int height,
      @ForAll @IntRange(min = 1, max = 12) int width) {
    Diagonals image = new Diagonals(height, width);
    MirrorImage mirror = new MirrorImage(image);
    int[] placesInImage = mirror.placesInImage();
    Diagonals mirrored = mirror.diagonals();
    for (int row = 0; row < Math.max(1, height - 1); row++) {
      for (int column = 0; column < width; column++) {
        assertEquals(
            image.position(row, width - 1 - column), placesInImage[mirrored.position(row, column)]);
      }
    }
  }

  @Property
  void resultsGoToThePixelBelow(
      @ForAll @IntRange(min = 1, max = 12) int height,
      @ForAll @IntRange(min = 1, max = 12) int width) {
    Diagonals image = new Diagonals(height, width);
    MirrorImage mirror = new MirrorImage(image);
    int[] above = mirror.placesOfPixelsAbove();
    int[] aboveThenOutside = mirror.placesOfPixelsAboveThenOutside();
    int[] places = mirror.places();
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        int pixel = image.position(row, column);
        if (row == 0) {
          assertEquals(0, above[pixel]);
          assertEquals((height - 1) * width + column, aboveThenOutside[pixel]);
        } else {
          int place = places[image.position(row - 1, column)];
          assertEquals(1 + place, above[pixel]);
          assertEquals(place, aboveThenOutside[pixel]);
        }
      }
    }
    assertArrayEquals(
        IntStream.range(0, height * width).toArray(),
        IntStream.of(aboveThenOutside).sorted().toArray());
  }

  /** The letters of the pixels at some positions of the image, which is a to l in raster order. */
  private static String pixelsAt(MirrorImage mirror, int... positions) {
    int[] letters = mirror.image().inOrder((row, column) -> 'a' + row * 4 + column);
    StringBuilder pixels = new StringBuilder();
    IntStream.of(positions).forEach(position -> pixels.append((char) letters[position]));
    return pixels.toString();
  }
}
