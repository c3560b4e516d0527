package org.pixelrnn.image;

import com.google.common.math.LongMath;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Images side by side in one picture, with narrow gaps between them. Small images are enlarged by a
 * whole factor.
 *
 * <p>A grid of many images is filled piece by piece. Whether it fits in memory is known before the
 * first image:
 *
 * <pre>{@code
 * SampleGrid grid = SampleGrid.ofSamples(sampler.shape(), 5000);
 * for (SamplePiece piece : SamplePiece.of(sampler.shape(), 5000)) {
 *   grid.paint(sampler.sample(piece.count(), piece.seed(1), 1), piece.from(), 1);
 * }
 * ImageFile.write(grid.picture(), file);
 * }</pre>
 */
public final class SampleGrid {
  private static final int GAP = 2;
  private static final int BACKGROUND = 0x404858;

  /** The two greys of hidden pixels: a chequerboard, which no picture looks like. */
  private static final int[] HIDDEN = {0x606060, 0x909090};

  /** The most pixels that the longer side of an enlarged image has. */
  private static final int SIDE = 96;

  /** The most pixels of a grid. Most programs refuse to show larger ones. */
  private static final long MOST_PIXELS = 100_000_000;

  /** A pixel takes 4 bytes while it is painted, and up to 9 more while the picture is encoded. */
  private static final int BYTES_PER_PIXEL = 16;

  private final ImageShape shape;
  private final int scale;
  private final int columns;
  private final BufferedImage canvas;

  /** The pixels of the canvas, row by row, each {@code 0xRRGGBB}. */
  private final int[] pixels;

  /** The arrangement of a number of images. */
  private record Layout(long rows, long columns) {
    /** A nearly square one, never higher than wide. Each cell is a column, or several are. */
    static Layout square(long cells, int columnsOfCell) {
      long side = Math.max(1, LongMath.sqrt(cells, RoundingMode.CEILING));
      return new Layout(
          Math.max(1, LongMath.divide(cells, side, RoundingMode.CEILING)), side * columnsOfCell);
    }

    long height(ImageShape shape) {
      return GAP + rows * ((long) scale(shape) * shape.height() + GAP);
    }

    long width(ImageShape shape) {
      return GAP + columns * ((long) scale(shape) * shape.width() + GAP);
    }

    /** True if a picture may be so large. Neither side can overflow: both counts are ints. */
    boolean fits(ImageShape shape, long mostPixels) {
      return height(shape) <= mostPixels && width(shape) <= mostPixels / height(shape);
    }
  }

  private SampleGrid(ImageShape shape, Layout layout) {
    this.shape = shape;
    scale = scale(shape);
    columns = (int) layout.columns;
    canvas =
        new BufferedImage(
            (int) layout.width(shape), (int) layout.height(shape), BufferedImage.TYPE_INT_RGB);
    pixels = ((DataBufferInt) canvas.getRaster().getDataBuffer()).getData();
    Arrays.fill(pixels, BACKGROUND);
  }

  private static int scale(ImageShape shape) {
    return Math.max(1, SIDE / Math.max(shape.height(), shape.width()));
  }

  /**
   * Makes an empty grid.
   *
   * @throws PictureTooLargeException if it would have more than 100 million pixels, or more than
   *     the memory of this process allows
   */
  private static SampleGrid fitting(ImageShape shape, int count, IntFunction<Layout> layouts) {
    long most = Math.min(MOST_PIXELS, Runtime.getRuntime().maxMemory() / BYTES_PER_PIXEL);
    if (layouts.apply(count).fits(shape, most)) {
      return new SampleGrid(shape, layouts.apply(count));
    }
    int fits = 0;
    int fitsNot = count;
    while (fitsNot - fits > 1) {
      int middle = fits + (fitsNot - fits) / 2;
      if (layouts.apply(middle).fits(shape, most)) {
        fits = middle;
      } else {
        fitsNot = middle;
      }
    }
    throw new PictureTooLargeException(
        count
            + " images of "
            + shape
            + " do not fit in one picture of at most "
            + most
            + " pixels; expected "
            + (fits == 0 ? "a smaller picture" : "at most " + fits + " images"));
  }

  /**
   * Makes an empty grid for a number of images, nearly square, never higher than wide. Image i
   * belongs in cell i.
   *
   * @throws PictureTooLargeException if so many do not fit
   */
  public static SampleGrid ofSamples(ImageShape shape, int count) {
    return fitting(shape, count, n -> Layout.square(n, 1));
  }

  /**
   * Makes an empty grid for pairs of images, nearly square in pairs. Pair i has the cells 2i and
   * 2i+1.
   *
   * @throws PictureTooLargeException if so many do not fit
   */
  public static SampleGrid ofPairs(ImageShape shape, int count) {
    return fitting(shape, count, n -> Layout.square(n, 2));
  }

  /**
   * Makes an empty grid for one image and a number of others made from it: cell 0, and the cells
   * from 1.
   *
   * @throws PictureTooLargeException if so many do not fit
   */
  public static SampleGrid ofUpscaled(ImageShape shape, int count) {
    return fitting(shape, count, n -> Layout.square(n + 1L, 1));
  }

  /**
   * Makes an empty grid for completions: a row of {@code completions + 2} cells for each image.
   *
   * @throws PictureTooLargeException if so many do not fit
   */
  public static SampleGrid ofCompletions(ImageShape shape, int count, int completions) {
    return fitting(shape, count, n -> new Layout(Math.max(1, n), completions + 2L));
  }

  /** Arranges images in a nearly square grid, row by row. It is never higher than wide. */
  public static BufferedImage of(Images images) {
    SampleGrid grid = ofSamples(images.shape(), images.count());
    grid.paint(images, 0, 1);
    return grid.canvas;
  }

  /** Arranges images in a grid with a number of columns, row by row. */
  public static BufferedImage of(Images images, int columns) {
    SampleGrid grid =
        fitting(
            images.shape(),
            images.count(),
            n ->
                new Layout(
                    Math.max(1, LongMath.divide(n, columns, RoundingMode.CEILING)), columns));
    grid.paint(images, 0, 1);
    return grid.canvas;
  }

  /**
   * Arranges images in pairs: on the left the small image, enlarged to the same size, on the right
   * the large one.
   *
   * @param small as many images as {@code images}, smaller by a whole factor
   */
  public static BufferedImage scales(Images small, Images images) {
    SampleGrid grid = ofPairs(images.shape(), images.count());
    grid.paint(small, 0, 2);
    grid.paint(images, 1, 2);
    return grid.canvas;
  }

  /**
   * Arranges one small image, enlarged to the same size, and the large images made from it.
   *
   * @param small one image, smaller by a whole factor
   */
  public static BufferedImage upscaled(Images small, Images images) {
    SampleGrid grid = ofUpscaled(images.shape(), images.count());
    grid.paint(small, 0, 1);
    grid.paint(images, 1, 1);
    return grid.canvas;
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
    SampleGrid grid = ofCompletions(originals.shape(), originals.count(), completions.size());
    grid.paintKnown(originals, known, 0, grid.columns);
    for (int j = 0; j < completions.size(); j++) {
      grid.paint(completions.get(j), j + 1, grid.columns);
    }
    grid.paint(originals, completions.size() + 1, grid.columns);
    return grid.canvas;
  }

  /**
   * Paints a piece of the images. Those of a smaller shape are enlarged to that of the grid.
   *
   * @param first the cell of the first image; cells are counted row by row, from 0
   * @param step the number of cells from an image to the next
   * @throws IllegalArgumentException if the images have another shape, and not one that is smaller
   *     by a whole factor
   * @throws IndexOutOfBoundsException if the grid has no such cell
   */
  public void paint(Images images, int first, int step) {
    int factor = shape.height() / images.shape().height();
    Images large =
        factor > 1 && shape.width() == factor * images.shape().width()
            ? images.enlarged(factor)
            : images;
    boolean[] all = new boolean[shape.pixels()];
    Arrays.fill(all, true);
    paintKnown(large, all, first, step);
  }

  /**
   * Paints the known pixels of images. In place of the others there is a chequerboard.
   *
   * @param known {@code [height, width]}, true where a pixel is known
   * @param first the cell of the first image
   * @param step the number of cells from an image to the next
   */
  public void paintKnown(Images images, boolean[] known, int first, int step) {
    if (!images.shape().equals(shape)) {
      throw new IllegalArgumentException(images.shape() + " in a grid of " + shape);
    }
    for (int i = 0; i < images.count(); i++) {
      int cell = Math.addExact(first, Math.multiplyExact(i, step));
      paintCell(images, i, known, cell / columns, cell % columns);
    }
  }

  /** The picture. What is painted later appears in it. */
  public BufferedImage picture() {
    return canvas;
  }

  private void paintCell(Images images, int image, boolean[] known, int row, int column) {
    Levels display = Levels.of(shape);
    int top = GAP + row * (scale * shape.height() + GAP);
    int left = GAP + column * (scale * shape.width() + GAP);
    for (int pixel = 0; pixel < shape.pixels(); pixel++) {
      int at = image * shape.dimensions() + pixel * shape.channels();
      int rgb =
          known[pixel]
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
      int at = y * canvas.getWidth() + left;
      Arrays.fill(pixels, at, at + width, rgb);
    }
  }
}
