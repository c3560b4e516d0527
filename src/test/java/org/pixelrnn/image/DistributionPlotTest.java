package org.pixelrnn.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DistributionPlotTest {
  private static final int BARS = 0x3060a0;
  private static final int ACTUAL = 0xd03020;

  private static long pixels(BufferedImage plot, int column, int rgb) {
    long found = 0;
    for (int y = 0; y < plot.getHeight(); y++) {
      found += (plot.getRGB(column, y) & 0xffffff) == rgb ? 1 : 0;
    }
    return found;
  }

  /** The column of pixels in the middle of a level's bar. */
  private static int column(BufferedImage plot, int level, int levels) {
    return (int) (80 + (plot.getWidth() - 104) * (level + 0.5) / levels);
  }

  @Test
  void barsAreAsHighAsTheirProbabilities() {
    double[] p = {0.1, 0.2, 0.4, 0.3};
    BufferedImage plot = DistributionPlot.of(p, 1, "a title");
    double perProbability = pixels(plot, column(plot, 2, 4), BARS) / 0.4;
    assertTrue(perProbability > 500, "the likeliest fills the height");
    for (int level : new int[] {0, 2, 3}) {
      assertEquals(p[level], pixels(plot, column(plot, level, 4), BARS) / perProbability, 0.01);
      assertEquals(0, pixels(plot, column(plot, level, 4), ACTUAL));
    }
    assertEquals(0.2, pixels(plot, column(plot, 1, 4) + 30, ACTUAL) / perProbability, 0.01);
    assertEquals(0, pixels(plot, column(plot, 1, 4), BARS));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 16, 17, 64, 256})
  void anyNumberOfLevelsFits(int levels) {
    double[] p = new double[levels];
    Arrays.fill(p, 1.0 / levels);
    for (int actual : new int[] {0, levels - 1}) {
      BufferedImage plot = DistributionPlot.of(p, actual, "");
      assertTrue(pixels(plot, column(plot, actual, levels), ACTUAL) > 100);
      assertTrue(pixels(plot, column(plot, levels - 1 - actual, levels), BARS) > 100);
    }
    Arrays.fill(p, 0);
    p[levels - 1] = 1;
    BufferedImage plot = DistributionPlot.of(p, levels - 1, "");
    assertTrue(pixels(plot, column(plot, levels - 1, levels), ACTUAL) > 250);
    assertThrows(IllegalArgumentException.class, () -> DistributionPlot.of(p, levels, ""));
  }
}
