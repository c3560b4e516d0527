package org.pixelrnn.model;

import org.pixelrnn.image.ImageShape;
import org.pixelrnn.proto.v1.ModelConfig;

/**
 * What a pixel sees by the definitions of the layers alone, whatever the weights: followed back
 * from its last channel, the one that sees the most, through the layers to the 7×7 mask A (sections
 * 3.1, 3.2 and 3.4, figures 2 and 4). {@link ReceptiveField} measures the same of a network as it
 * was built.
 */
public final class VisiblePixels {
  private static final int INPUT_REACH = 3;

  /** Of the map, which a {@link Margin} may make wider than the image. */
  private final int width;

  /** Of a pixel's channels the first so many are seen, {@code [height, width]}. */
  private final int[] seen;

  private VisiblePixels(int width, int[] seen) {
    this.width = width;
    this.seen = seen;
  }

  /** How a layer looks at a pixel, or past it. */
  @FunctionalInterface
  private interface Layer {
    /**
     * Of the channel groups of a pixel the first so many are seen by the first {@code groups} of
     * another one, which is {@code below} rows further down, at least 0.
     *
     * @param right how many columns the seen pixel is further right
     */
    int sees(int below, int right, int groups);
  }

  /** What the pixel in this row and column sees in a network of this configuration. */
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
        (below, right, g) -> {
          if (below > INPUT_REACH || Math.abs(right) > INPUT_REACH) {
            return 0;
          }
          // Mask A: of the pixel itself a group sees those before it.
          return earlier(below, right) ? all : same(below, right) ? g - 1 : 0;
        });
  }

  /** The layer kinds. Residual and skip connections add no pixel: a body sees its own. */
  private static Layer body(ModelConfig config) {
    int all = config.getChannels();
    return switch (config.getArchitectureCase()) {
      case PIXEL_CNN -> {
        // A square of mask B.
        int reach = config.getPixelCnn().getKernel() / 2;
        yield (below, right, g) ->
            below > reach || Math.abs(right) > reach ? 0 : maskB(below, right, g, all);
      }
      // A triangle, one more on each side a row; what enters it is a pixel and its left neighbour.
      case ROW_LSTM ->
          (below, right, g) ->
              right < -below - 1 || right > below ? 0 : maskB(below, right, g, all);
      case DIAGONAL_BILSTM -> (below, right, g) -> maskB(below, right, g, all);
      default ->
          throw new IllegalArgumentException("no architecture " + config.getArchitectureCase());
    };
  }

  private static int maskB(int below, int right, int groups, int all) {
    return earlier(below, right) ? all : same(below, right) ? groups : 0;
  }

  private static boolean earlier(int below, int right) {
    return below > 0 || right < 0;
  }

  private static boolean same(int below, int right) {
    return below == 0 && right == 0;
  }

  /** One layer further back, never by way of a pixel outside the map. */
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

  /** Whether any channel of a pixel is seen. */
  public boolean contains(int row, int column) {
    return contains(row, column, 0);
  }

  /** Whether a sub-pixel is seen. */
  public boolean contains(int row, int column, int channel) {
    return channel < seen[row * width + column];
  }
}
