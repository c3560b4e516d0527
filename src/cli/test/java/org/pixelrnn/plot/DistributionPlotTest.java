package org.pixelrnn.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.jfree.chart.ChartRenderingInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DistributionPlotTest {
  private static final int BARS = 0x3060a0;
  private static final int ACTUAL = 0xd03020;

  /** A plot, and where its bars are. */
  private record Plot(BufferedImage picture, Rectangle2D bars, int levels) {
    static Plot of(double[] probabilities, int actual) {
      ChartRenderingInfo where = new ChartRenderingInfo();
      BufferedImage picture = DistributionPlot.of(probabilities, actual, "a title", where);
      return new Plot(picture, where.getPlotInfo().getDataArea(), probabilities.length);
    }

    /**
     * Counts the pixels of a colour in one column of pixels.
     *
     * @param level the middle of this level's bar; fractions lie beside it
     */
    long pixels(double level, int rgb) {
      int x = (int) (bars.getX() + bars.getWidth() * (level + 0.5) / levels);
      long found = 0;
      for (int y = 0; y < picture.getHeight(); y++) {
        found += (picture.getRGB(x, y) & 0xffffff) == rgb ? 1 : 0;
      }
      return found;
    }
  }

  @Test
  void barsAreAsHighAsTheirProbabilities() {
    double[] p = {0.1, 0.2, 0.4, 0.3};
    Plot plot = Plot.of(p, 1);
    double perProbability = plot.pixels(2, BARS) / 0.4;
    assertTrue(perProbability > 500, "the likeliest level fills the height");
    for (int level : new int[] {0, 2, 3}) {
      assertEquals(p[level], plot.pixels(level, BARS) / perProbability, 0.01);
      assertEquals(0, plot.pixels(level, ACTUAL));
    }
    // Beside the dashed line, which runs through the middle of the actual level.
    assertEquals(0.2, plot.pixels(1.2, ACTUAL) / perProbability, 0.01);
    assertEquals(0, plot.pixels(1.2, BARS));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 16, 17, 64, 256})
  void anyNumberOfLevelsFits(int levels) {
    double[] p = new double[levels];
    Arrays.fill(p, 1.0 / levels);
    for (int actual : new int[] {0, levels - 1}) {
      Plot plot = Plot.of(p, actual);
      assertTrue(plot.pixels(actual, ACTUAL) > 100);
      assertTrue(plot.pixels(levels - 1 - actual, BARS) > 100);
    }
    Arrays.fill(p, 0);
    p[levels - 1] = 1;
    assertTrue(Plot.of(p, levels - 1).pixels(levels - 1, ACTUAL) > 250);
    assertThrows(IllegalArgumentException.class, () -> DistributionPlot.of(p, levels, ""));
  }

  @Test
  void aLineShowsAnActualLevelThatHasNoProbability() {
    assertTrue(Plot.of(new double[] {1, 0}, 1).pixels(1, ACTUAL) > 100);
  }
}
