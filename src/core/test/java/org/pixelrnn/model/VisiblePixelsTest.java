package org.pixelrnn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.pixelrnn.proto.v1.DiagonalBiLstm;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.PixelCnn;
import org.pixelrnn.proto.v1.RowLstm;

/** Receptive fields drawn by hand after the paper's figures: {@code #} is seen, {@code x} sees. */
class VisiblePixelsTest {
  private static final ModelConfig.Builder CNN =
      ModelConfig.newBuilder().setPixelCnn(PixelCnn.getDefaultInstance());
  private static final ModelConfig.Builder ROW =
      ModelConfig.newBuilder().setRowLstm(RowLstm.getDefaultInstance());
  private static final ModelConfig.Builder DIAGONAL =
      ModelConfig.newBuilder().setDiagonalBilstm(DiagonalBiLstm.getDefaultInstance());

  private static String seen(ModelConfig.Builder network, int layers, int height, int width) {
    int row = height - 1;
    int column = width / 2;
    ModelConfig config = network.setLayers(layers).setHeight(height).setWidth(width).build();
    VisiblePixels visible = VisiblePixels.of(config, row, column);
    StringBuilder picture = new StringBuilder();
    for (int r = 0; r < height; r++) {
      for (int c = 0; c < width; c++) {
        boolean self = r == row && c == column;
        picture.append(visible.contains(r, c) ? '#' : self ? 'x' : '.');
      }
      picture.append('\n');
    }
    return picture.toString();
  }

  /** Each layer adds a row and a column on each side. On the right, a slope stays blind. */
  @Test
  void aPixelCnnSeesAConeWithABlindSpot() {
    assertEquals(
        """
        ...............
        ...#########...
        ...#########...
        ...#########...
        ...########....
        ...####x.......
        """,
        seen(CNN, 1, 6, 15));
    assertEquals(
        """
        ..###########..
        ..###########..
        ..###########..
        ..##########...
        ..#########....
        ..#####x.......
        """,
        seen(CNN, 2, 6, 15));
  }

  /** Each layer adds two rows and two columns on each side. The slope is half as steep. */
  @Test
  void aPixelCnnOfKernel5SeesAWiderCone() {
    assertEquals(
        """
        ..###########..
        ..###########..
        ..###########..
        ..###########..
        ..#########....
        ..#####x.......
        """,
        seen(ModelConfig.newBuilder().setPixelCnn(PixelCnn.newBuilder().setKernel(5)), 1, 6, 15));
  }

  @Test
  void aRowLstmSeesATriangle() {
    assertEquals(
        """
        #################..
        .###############...
        ..#############....
        ...###########.....
        ....#########......
        .....####x.........
        """,
        seen(ROW, 1, 6, 19));
  }

  @Test
  void aDiagonalBiLstmSeesEveryEarlierPixel() {
    assertEquals(
        """
        ###########
        ###########
        ###########
        #####x.....
        """,
        seen(DIAGONAL, 1, 4, 11));
    assertEquals(
        """
        #######
        #######
        ###x...
        """,
        seen(DIAGONAL, 1, 3, 7));
  }

  @Test
  void aDiagonalBiLstmInColourSeesEveryEarlierSubPixel() {
    ModelConfig.Builder colour = DIAGONAL.clone().setChannels(3).setHeight(4).setWidth(11);
    VisiblePixels visible = VisiblePixels.of(colour.setLayers(1).build(), 3, 5);
    int itself = 3 * (3 * 11 + 5) + 2;
    for (int subPixel = 0; subPixel < 3 * 44; subPixel++) {
      int pixel = subPixel / 3;
      assertEquals(subPixel < itself, visible.contains(pixel / 11, pixel % 11, subPixel % 3));
    }
  }

  @Test
  void aConfigurationWithoutArchitectureIsRefused() {
    ModelConfig none = ModelConfig.getDefaultInstance();
    assertThrows(IllegalArgumentException.class, () -> VisiblePixels.of(none, 1, 1));
  }
}
