package org.pixelrnn.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceptiveFieldPlotTest {
  private static final int PIXEL = 0xd03020;
  private static final int LATER = 0xb8b8b8;
  private static final int UNSEEN = 0xffffff;
  private static final int OUTLINE = 0xf09010;

  /** The colour in the middle of a pixel of an image of 4 rows, or so many pixels further. */
  private static int colour(BufferedImage plot, double row, double column) {
    return plot.getRGB((int) (24 + (column + 0.5) * 160), (int) (52 + (row + 0.5) * 160))
        & 0xffffff;
  }

  private static int brightness(int rgb) {
    return (rgb >> 16 & 255) + (rgb >> 8 & 255) + (rgb & 255);
  }

  @Test
  void eachKindOfPixelHasItsColour() {
    double[][] strength = new double[4][4];
    strength[0][1] = 1;
    strength[1][0] = 1e-3;
    strength[1][1] = 1e-6;
    strength[0][2] = 1e-30;
    boolean[][] expected = new boolean[4][4];
    expected[1][0] = true;
    BufferedImage plot = ReceptiveFieldPlot.of(strength, expected, 1, 2, "a title");
    assertEquals(PIXEL, colour(plot, 1, 2));
    assertEquals(LATER, colour(plot, 1, 3));
    assertEquals(LATER, colour(plot, 3, 0));
    assertEquals(UNSEEN, colour(plot, 0, 0));
    assertEquals(UNSEEN, colour(plot, 0, 3));

    int strong = brightness(colour(plot, 0, 1));
    int middle = brightness(colour(plot, 1, 0));
    int weak = brightness(colour(plot, 1, 1));
    int weakest = brightness(colour(plot, 0, 2));
    // On a logarithmic scale of eight decades, 10^-3 and 10^-6 are at 3/8 and 6/8.
    assertEquals(3 / 8.0, (middle - strong) / (double) (weakest - strong), 0.01);
    assertEquals(6 / 8.0, (weak - strong) / (double) (weakest - strong), 0.01);
    assertTrue(weakest < brightness(UNSEEN) - 50, "seen, however little");

    for (double[] side : new double[][] {{0.5, 0}, {1.5, 0}, {1, 0.5}, {1, -0.5}}) {
      assertEquals(OUTLINE, colour(plot, side[0], side[1]));
    }
    assertNotEquals(OUTLINE, colour(plot, 0, 1.5));
  }

  @Test
  void aLaterPixelThatIsSeenShows() {
    double[][] strength = new double[4][4];
    strength[0][0] = 1;
    strength[2][2] = 1;
    BufferedImage plot = ReceptiveFieldPlot.of(strength, new boolean[4][4], 1, 2, "");
    assertEquals(colour(plot, 0, 0), colour(plot, 2, 2));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 40", "300, 2", "28, 28"})
  void anyShapeFits(int height, int width) {
    BufferedImage plot =
        ReceptiveFieldPlot.of(new double[height][width], new boolean[height][width], 0, 0, "none");
    assertTrue(plot.getWidth() > 300 && plot.getHeight() > 400, plot.toString());
    assertTrue(plot.getWidth() < 1500 && plot.getHeight() < 1500, plot.toString());
  }
}
