package org.pixelrnn.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;

class PixelBitsPlotTest {
  private static final int GAP = 16;

  @Test
  void imageAndBitsAreSideBySide() {
    Images images =
        Images.of(
            new ImageShape(2, 2, 3, 256),
            new byte[] {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, -1, 0, 0, 0, -1, 0, 0, 0, -1, 0, 0, 0});
    float[] bits = {24, 24, 24, 24, 0, 12, 24, 1000};
    BufferedImage plot = PixelBitsPlot.of(images, 1, bits, "x".repeat(500), "two");
    int bottom = plot.getHeight() - GAP;
    int[] expected = {0xff0000, 0x00ff00, 0x000004, 0xba3853};
    for (int i = 0; i < 4; i++) {
      assertEquals(expected[i], rgb(plot, column(i), bottom - 240), "upper row, " + i);
    }
    int[] below = {0x0000ff, 0x000000, 0xfcffa4, 0xfcffa4};
    for (int i = 0; i < 4; i++) {
      assertEquals(below[i], rgb(plot, column(i), bottom - 80), "lower row, " + i);
    }
    // The strip of colours.
    int strip = GAP + 2 * (320 + GAP) + 10;
    assertEquals(0x000004, rgb(plot, strip, bottom - 1));
    assertEquals(0xfcffa4, rgb(plot, strip, bottom - 320));
  }

  /** The middle of a column of pixels: two of the image, two of the bits. */
  private static int column(int i) {
    return GAP + 80 + 160 * i + (i > 1 ? GAP : 0);
  }

  private static int rgb(BufferedImage plot, int x, int y) {
    return plot.getRGB(x, y) & 0xffffff;
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1, 2, 8", "28, 28, 1, 2, 8", "32, 32, 3, 256, 24", "300, 7, 1, 256, 8"})
  void anyShapeFits(int height, int width, int channels, int levels, double top) {
    ImageShape shape = new ImageShape(height, width, channels, levels);
    assertEquals(top, PixelBitsPlot.top(shape), 1e-9);
    Images images = Images.of(shape, new byte[shape.dimensions()]);
    BufferedImage plot = PixelBitsPlot.of(images, 0, new float[shape.pixels()], "one", "two");
    assertTrue(plot.getWidth() > 2 * width && plot.getHeight() > height, plot.toString());
    assertTrue(plot.getHeight() > 200 && plot.getHeight() < 500, plot.toString());
  }

  @Test
  void moreBitsAreBrighter() {
    HeatColours colours = new HeatColours(8);
    double before = -1;
    for (double bits = 0; bits <= 8; bits += 0.25) {
      int rgb = colours.rgb(bits);
      double brightness =
          0.2126 * (rgb >> 16 & 255) + 0.7152 * (rgb >> 8 & 255) + 0.0722 * (rgb & 255);
      assertTrue(brightness > before, bits + " bits: " + brightness);
      before = brightness;
    }
    assertEquals(colours.rgb(8), colours.rgb(99));
    assertEquals(colours.rgb(0), colours.rgb(-1));
  }
}
