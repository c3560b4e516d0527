package org.pixelrnn.image;

import com.google.common.math.IntMath;
import java.awt.image.BufferedImage;
import java.math.RoundingMode;
import java.util.List;

/**
 * Images side by side in one picture, with narrow gaps between them. Small images are enlarged by a
 * whole factor.
 */
public final class SampleGrid {
  private static final int GAP = 2;
  private static final int BACKGROUND = 0x404858;

  /** The two greys of hidden pixels: a chequerboard, which no picture looks like. */
  private static final int[] HIDDEN = {0x606060, 0x909090};

  /** The most pixels that the longer side of an enlarged image has. */
  private static final int SIDE = 96;

  private final ImageShape shape;
  private final int scale;
  private final BufferedImage canvas;

  private SampleGrid(ImageShape shape, int rows, int columns) {
    this.shape = shape;
    this.scale = Math.max(1, SIDE / Math.max(shape.height(), shape.width()));
    this.canvas =
        new BufferedImage(
            GAP + columns * (scale * shape.width() + GAP),
            GAP + rows * (scale * shape.height() + GAP),
            BufferedImage.TYPE_INT_RGB);
    fill(0, 0, canvas.getHeight(), canvas.getWidth(), BACKGROUND);
  }

  /** Arranges images in a nearly square grid, row by row. It is never higher than wide. */
  public static BufferedImage of(Images images) {
    return of(images, Math.max(1, IntMath.sqrt(images.count(), RoundingMode.CEILING)));
  }

  /** Arranges images in a grid with a number of columns, row by row. */
  public static BufferedImage of(Images images, int columns) {
    int rows = Math.max(1, IntMath.divide(images.count(), columns, RoundingMode.CEILING));
    SampleGrid grid = new SampleGrid(images.shape(), rows, columns);
    for (int i = 0; i < images.count(); i++) {
      grid.paint(images, i, null, i / columns, i % columns);
    }
    return grid.canvas;
  }

  /**
   * Arranges images in pairs: on the left the small image, enlarged to the same size, on the right
   * the large one.
   *
   * @param small as many images as {@code images}, smaller by a whole factor
   */
  public static BufferedImage scales(Images small, Images images) {
    Images enlarged = small.enlarged(images.shape().height() / small.shape().height());
    int pairs = Math.max(1, IntMath.sqrt(images.count(), RoundingMode.CEILING));
    int rows = Math.max(1, IntMath.divide(images.count(), pairs, RoundingMode.CEILING));
    SampleGrid grid = new SampleGrid(images.shape(), rows, 2 * pairs);
    for (int i = 0; i < images.count(); i++) {
      grid.paint(enlarged, i, null, i / pairs, 2 * (i % pairs));
      grid.paint(images, i, null, i / pairs, 2 * (i % pairs) + 1);
    }
    return grid.canvas;
  }

  /**
   * Arranges one small image, enlarged to the same size, and the large images made from it.
   *
   * @param small one image, smaller by a whole factor
   */
  public static BufferedImage upscaled(Images small, Images images) {
    int factor = images.shape().height() / small.shape().height();
    return of(Images.concat(List.of(small.enlarged(factor), images)));
  }

  /**
   * Arranges completions, one row for each image: its known pixels, its completions, the original.
   *
   * @param originals n images
   * @param known {@code [height, width]}, true where a pixel is known, see {@link Occlusion#known};
   *     other pixels are painted as a chequerboard
   * @param completions any number of batches of n images; image i of each completes original i
   * @throws IllegalArgumentException if a batch has another count or another shape
   */
  public static BufferedImage completions(
      Images originals, boolean[] known, List<Images> completions) {
    for (Images completed : completions) {
      if (completed.count() != originals.count()) {
        throw new IllegalArgumentException(completed + " complete " + originals);
      }
    }
    int last = completions.size() + 1;
    SampleGrid grid = new SampleGrid(originals.shape(), Math.max(1, originals.count()), last + 1);
    for (int i = 0; i < originals.count(); i++) {
      grid.paint(originals, i, known, i, 0);
      for (int j = 1; j < last; j++) {
        grid.paint(completions.get(j - 1), i, null, i, j);
      }
      grid.paint(originals, i, null, i, last);
    }
    return grid.canvas;
  }

  private void paint(Images images, int image, boolean[] known, int row, int column) {
    if (!images.shape().equals(shape)) {
      throw new IllegalArgumentException(images.shape() + " in a grid of " + shape);
    }
    Levels display = Levels.of(shape);
    int top = GAP + row * (scale * shape.height() + GAP);
    int left = GAP + column * (scale * shape.width() + GAP);
    for (int pixel = 0; pixel < shape.pixels(); pixel++) {
      int at = image * shape.dimensions() + pixel * shape.channels();
      int rgb =
          known == null || known[pixel]
              ? display.rgb(images.levels(), at, shape.channels())
              : HIDDEN[(pixel / shape.width() + pixel % shape.width()) % 2];
      fill(
          top + scale * (pixel / shape.width()),
          left + scale * (pixel % shape.width()),
          scale,
          scale,
          rgb);
    }
  }

  private void fill(int top, int left, int height, int width, int rgb) {
    for (int y = top; y < top + height; y++) {
      for (int x = left; x < left + width; x++) {
        canvas.setRGB(x, y, rgb);
      }
    }
  }
}
