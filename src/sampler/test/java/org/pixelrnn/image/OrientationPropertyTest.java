package org.pixelrnn.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Turning a picture upright can be undone, so no pixel is lost. */
class OrientationPropertyTest {

  @Property
  void theOppositeTurnGivesTheStoredPictureBack(
      @ForAll Orientation orientation,
      @ForAll @IntRange(min = 1, max = 9) int height,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll long seed) {
    BufferedImage stored = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    stored.setRGB(
        0, 0, width, height, new Random(seed).ints((long) width * height).toArray(), 0, width);
    BufferedImage found = opposite(orientation).upright(orientation.upright(stored));
    assertEquals(height, found.getHeight());
    assertArrayEquals(
        stored.getRGB(0, 0, width, height, null, 0, width),
        found.getRGB(0, 0, found.getWidth(), height, null, 0, found.getWidth()));
  }

  /** A quarter turn one way undoes a quarter turn the other way; the others undo themselves. */
  private static Orientation opposite(Orientation orientation) {
    return switch (orientation) {
      case RIGHT_TOP -> Orientation.LEFT_BOTTOM;
      case LEFT_BOTTOM -> Orientation.RIGHT_TOP;
      default -> orientation;
    };
  }
}
