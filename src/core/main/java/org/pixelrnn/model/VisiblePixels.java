package org.pixelrnn.model;

import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.layer.RightPadding;
import org.pixelrnn.proto.v1.ModelConfig;

/**
 * The receptive field of a pixel, derived from the definitions of the layers, for any weights
 * (sections 3.1, 3.2 and 3.4, figures 2 and 4). It starts at the pixel's last channel, which sees
 * the most, and goes back through all layers to the 7×7 mask A. {@link ReceptiveField} measures the
 * same in a network that was built.
 *
 * <pre>
 *   PixelCNN, 1 layer    Row LSTM, 1 layer    Diagonal BiLSTM
 *
 *   ..#########..        ###########..        #############     # seen
 *   ..########...        .#########...        #############     x the pixel
 *   ..####x......        ..####x......        ######x......
 * </pre>
 */
public final class VisiblePixels {
  /** Rows above, and columns on each side, in the 7×7 input convolution. */
  private static final int INPUT_REACH = 3;

  /** The width of the maps, which may be the image's width and a {@link RightPadding}. */
  private final int width;

  /** How many channels of each pixel are seen, counted from the first, {@code [height, width]}. */
  private final int[] seen;

  private VisiblePixels(int width, int[] seen) {
    this.width = width;
    this.seen = seen;
  }

  /** What one layer sees. */
  @FunctionalInterface
  private interface Layer {
    /**
     * The number of channel groups, counted from the first, that a pixel's output sees of another
     * pixel's input.
     *
     * @param above how many rows the input pixel is above the output pixel, at least 0
     * @param right how many columns the input pixel is to the right of the output pixel
     * @param groups the number of the output pixel's groups, counted from the first
     */
    int sees(int above, int right, int groups);
  }

  /**
   * The receptive field of the pixel in this row and column.
   *
   * @param config a configuration of one network that {@link ModelRules} accepts
   * @throws IllegalArgumentException if the configuration is not of one network
   */
  public static VisiblePixels of(ModelConfig config, int row, int column) {
    ImageShape shape = ImageShape.of(config);
    int all = shape.channels();
    int width = shape.width() + (config.hasDiagonalBilstm() ? 1 : 0);
    int[] groups = new int[shape.height() * width];
    groups[row * width + column] = all;
    VisiblePixels seen = new VisiblePixels(width, groups);
    for (int layer = 0; layer < config.getLayers(); layer++) {
      seen = seen.through(body(config));
    }
    return seen.through(
        (above, right, g) -> {
          if (above > INPUT_REACH || Math.abs(right) > INPUT_REACH) {
            return 0;
          }
          // Mask A: a group sees the groups before it at its own pixel.
          return earlier(above, right) ? all : same(above, right) ? g - 1 : 0;
        });
  }

  /** One layer. Residual and skip connections add no pixel, as a body sees its own pixel. */
  private static Layer body(ModelConfig config) {
    int all = config.getChannels();
    return switch (config.getArchitectureCase()) {
      case PIXEL_CNN -> {
        // A square with mask B.
        int reach = config.getPixelCnn().getKernel() / 2;
        yield (above, right, g) ->
            above > reach || Math.abs(right) > reach ? 0 : maskB(above, right, g, all);
      }
      // A triangle: each row above is one column wider on each side. The input-to-state
      // convolution adds the left neighbour.
      case ROW_LSTM ->
          (above, right, g) ->
              right < -above - 1 || right > above ? 0 : maskB(above, right, g, all);
      case DIAGONAL_BILSTM -> (above, right, g) -> maskB(above, right, g, all);
      default ->
          throw new IllegalArgumentException("no architecture " + config.getArchitectureCase());
    };
  }

  private static int maskB(int above, int right, int groups, int all) {
    return earlier(above, right) ? all : same(above, right) ? groups : 0;
  }

  private static boolean earlier(int above, int right) {
    return above > 0 || right < 0;
  }

  private static boolean same(int above, int right) {
    return above == 0 && right == 0;
  }

  /** Goes back through one layer. No path leads through a pixel outside the map. */
  private VisiblePixels through(Layer layer) {
    int[] before = new int[seen.length];
    for (int from = 0; from < seen.length; from++) {
      if (seen[from] == 0) {
        continue;
      }
      for (int to = 0; to <= from; to++) {
        int groups = layer.sees(from / width - to / width, to % width - from % width, seen[from]);
        before[to] = Math.max(before[to], groups);
      }
    }
    return new VisiblePixels(width, before);
  }

  /** True if the pixel sees any channel of this pixel. */
  public boolean contains(int row, int column) {
    return contains(row, column, 0);
  }

  /** True if the pixel sees this sub-pixel. */
  public boolean contains(int row, int column, int channel) {
    return channel < seen[row * width + column];
  }
}
