package org.pixelrnn.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import org.jfree.chart.ChartRenderingInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceptiveFieldPlotTest {
  private static final int PIXEL = 0xd03020;
  private static final int LATER = 0xb8b8b8;
  private static final int UNSEEN = 0xffffff;
  private static final int OUTLINE = 0xf09010;

  /** A plot, and where the pixels of its image are. */
  private record Plot(BufferedImage picture, Rectangle2D pixels, int height, int width) {
    static Plot of(double[][] strength, boolean[][] expected, int row, int column) {
      ChartRenderingInfo where = new ChartRenderingInfo();
      BufferedImage picture =
          ReceptiveFieldPlot.of(strength, expected, row, column, "a title", where);
      return new Plot(
          picture, where.getPlotInfo().getDataArea(), strength.length, strength[0].length);
    }

    /** The colour in the middle of a pixel; fractions lie between pixels. */
    int colour(double row, double column) {
      return picture.getRGB(
              (int) (pixels.getX() + pixels.getWidth() * (column + 0.5) / width),
              (int) (pixels.getY() + pixels.getHeight() * (row + 0.5) / height))
          & 0xffffff;
    }

    int brightness(int row, int column) {
      int rgb = colour(row, column);
      return (rgb >> 16 & 255) + (rgb >> 8 & 255) + (rgb & 255);
    }
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
    Plot plot = Plot.of(strength, expected, 1, 2);
    assertEquals(PIXEL, plot.colour(1, 2));
    assertEquals(LATER, plot.colour(1, 3));
    assertEquals(LATER, plot.colour(3, 0));
    assertEquals(UNSEEN, plot.colour(0, 0));
    assertEquals(UNSEEN, plot.colour(0, 3));

    int strong = plot.brightness(0, 1);
    int middle = plot.brightness(1, 0);
    int weak = plot.brightness(1, 1);
    int weakest = plot.brightness(0, 2);
    // On a logarithmic scale of eight decades, 10^-3 and 10^-6 are at 3/8 and 6/8.
    assertEquals(3 / 8.0, (middle - strong) / (double) (weakest - strong), 0.01);
    assertEquals(6 / 8.0, (weak - strong) / (double) (weakest - strong), 0.01);
    assertTrue(weakest < 3 * 255 - 50, "the weakest differs from white");

    for (double[] side : new double[][] {{0.5, 0}, {1.5, 0}, {1, 0.5}, {1, -0.5}}) {
      assertEquals(OUTLINE, plot.colour(side[0], side[1]));
    }
    assertNotEquals(OUTLINE, plot.colour(0, 1.5));
  }

  @Test
  void aLaterPixelThatIsSeenShows() {
    double[][] strength = new double[4][4];
    strength[0][0] = 1;
    strength[2][2] = 1;
    Plot plot = Plot.of(strength, new boolean[4][4], 1, 2);
    assertEquals(plot.colour(0, 0), plot.colour(2, 2));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 40", "300, 2", "28, 28", "64, 64"})
  void anyShapeFitsAndItsPixelsAreSquares(int height, int width) {
    Plot plot = Plot.of(new double[height][width], new boolean[height][width], 0, 0);
    assertTrue(plot.picture.getWidth() > 300 && plot.picture.getHeight() > 300, plot.toString());
    assertTrue(plot.picture.getWidth() < 1500 && plot.picture.getHeight() < 1500, plot.toString());
    double cell = plot.pixels.getHeight() / height;
    assertTrue(cell > 3, plot.toString());
    assertEquals(cell, plot.pixels.getWidth() / width, 0.1 * cell);
  }
}
