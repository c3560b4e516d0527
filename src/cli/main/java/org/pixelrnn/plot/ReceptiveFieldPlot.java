package org.pixelrnn.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Rectangle;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Optional;
import org.jfree.chart.ChartRenderingInfo;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.LegendItem;
import org.jfree.chart.LegendItemCollection;
import org.jfree.chart.annotations.XYShapeAnnotation;
import org.jfree.chart.axis.AxisSpace;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.LookupPaintScale;
import org.jfree.chart.renderer.PaintScale;
import org.jfree.chart.renderer.xy.XYBlockRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.data.xy.DefaultXYZDataset;

/**
 * The receptive field of one pixel, as in figures 2 and 4 of the paper. Earlier pixels are darker
 * the more they count, on a logarithmic scale. The pixel itself and later pixels have colours of
 * their own. An outline surrounds the pixels that the definition of the network gives.
 */
public final class ReceptiveFieldPlot {
  private static final int LONGER_SIDE = 640;
  private static final int SMALLEST_CELL = 4;

  /** The least size of the chart without its title and legends. */
  private static final int LEAST_WIDTH = 520;

  private static final int LEAST_HEIGHT = 320;

  /** Space for the numbers of the rows and for those of the columns. */
  private static final int ROW_NUMBERS = 56;

  private static final int COLUMN_NUMBERS = 44;

  private static final Color PIXEL = new Color(0xd03020);
  private static final Color LATER = new Color(0xb8b8b8);
  private static final Color UNSEEN = Color.WHITE;
  private static final Color OUTLINE = new Color(0xf09010);

  private final double[][] strength;
  private final boolean[][] expected;
  private final int row;
  private final int column;
  private final int height;
  private final int width;

  private ReceptiveFieldPlot(double[][] strength, boolean[][] expected, int row, int column) {
    this.strength = strength;
    this.expected = expected;
    this.row = row;
    this.column = column;
    this.height = strength.length;
    this.width = strength[0].length;
  }

  /**
   * Plots a receptive field.
   *
   * @param strength how much each pixel counts, {@code [height, width]}; 0 where it is not seen
   * @param expected the pixels inside the outline, {@code [height, width]}
   * @param row of the pixel whose field it is
   * @param column of that pixel
   * @param title the chart's first line
   */
  public static BufferedImage of(
      double[][] strength, boolean[][] expected, int row, int column, String title) {
    return of(strength, expected, row, column, title, new ChartRenderingInfo());
  }

  /**
   * Plots a receptive field, and tells where.
   *
   * @param where receives the area of the image's pixels
   */
  static BufferedImage of(
      double[][] strength,
      boolean[][] expected,
      int row,
      int column,
      String title,
      ChartRenderingInfo where) {
    return new ReceptiveFieldPlot(strength, expected, row, column).draw(title, where);
  }

  private BufferedImage draw(String title, ChartRenderingInfo where) {
    Optional<LogColours> colours = LogColours.of(strength);
    XYPlot plot = new XYPlot(unseen(), columns(), rows(), blocks(kinds()));
    colours.ifPresent(
        shades -> {
          plot.setDataset(1, seen());
          plot.setRenderer(1, blocks(shades));
        });
    JFreeChart chart = ChartLook.chart(title, plot);
    plot.addAnnotation(new XYShapeAnnotation(grid(), new BasicStroke(1), ChartLook.GRID));
    plot.addAnnotation(new XYShapeAnnotation(outline(), new BasicStroke(3), OUTLINE));
    colours.map(shades -> shades.legend(COLUMN_NUMBERS)).ifPresent(chart::addSubtitle);
    chart.addSubtitle(legend());

    int cell = Math.max(SMALLEST_CELL, LONGER_SIDE / Math.max(height, width));
    int plotWidth = Math.max(LEAST_WIDTH, cell * width + ROW_NUMBERS);
    int plotHeight = Math.max(LEAST_HEIGHT, cell * height + COLUMN_NUMBERS);
    plot.setFixedRangeAxisSpace(space(ROW_NUMBERS, plotWidth - ROW_NUMBERS - cell * width, 0));
    plot.setFixedDomainAxisSpace(space(0, 0, plotHeight - cell * height));
    // A first drawing measures the title and the legends, so that every pixel becomes a square.
    chart.createBufferedImage(2 * plotWidth, 2 * plotHeight, where);
    Rectangle2D measured = where.getPlotInfo().getDataArea();
    return chart.createBufferedImage(
        (int) Math.round(2 * plotWidth - measured.getWidth() + cell * width),
        (int) Math.round(2 * plotHeight - measured.getHeight() + cell * height),
        BufferedImage.TYPE_INT_RGB,
        where);
  }

  private static AxisSpace space(double left, double right, double bottom) {
    AxisSpace space = new AxisSpace();
    space.setLeft(left);
    space.setRight(right);
    space.setBottom(bottom);
    return space;
  }

  private NumberAxis columns() {
    NumberAxis axis = ChartLook.axis(new NumberAxis("column"), "0");
    axis.setStandardTickUnits(NumberAxis.createIntegerTickUnits());
    axis.setRange(-0.5, width - 0.5);
    return axis;
  }

  private NumberAxis rows() {
    NumberAxis axis = ChartLook.axis(new NumberAxis("row"), "0");
    axis.setStandardTickUnits(NumberAxis.createIntegerTickUnits());
    axis.setRange(-0.5, height - 0.5);
    axis.setInverted(true);
    return axis;
  }

  private static XYBlockRenderer blocks(PaintScale colours) {
    XYBlockRenderer blocks = new XYBlockRenderer();
    blocks.setPaintScale(colours);
    return blocks;
  }

  /** The pixels that are seen, each with the logarithm of its strength. */
  private DefaultXYZDataset seen() {
    Pixels seen = new Pixels(height * width);
    for (int r = 0; r < height; r++) {
      for (int c = 0; c < width; c++) {
        // A later pixel must not be seen. If it is, the plot shows that.
        if (strength[r][c] > 0 && !isPixel(r, c)) {
          seen.add(c, r, Math.log10(strength[r][c]));
        }
      }
    }
    return seen.dataset("seen");
  }

  /** All other pixels, each with a number that {@link #kinds} maps to a colour. */
  private DefaultXYZDataset unseen() {
    Pixels unseen = new Pixels(height * width);
    for (int r = 0; r < height; r++) {
      for (int c = 0; c < width; c++) {
        if (isPixel(r, c)) {
          unseen.add(c, r, 0);
        } else if (!(strength[r][c] > 0)) {
          unseen.add(c, r, r > row || (r == row && c > column) ? 1 : 2);
        }
      }
    }
    return unseen.dataset("not seen");
  }

  private static PaintScale kinds() {
    LookupPaintScale kinds = new LookupPaintScale(0, 3, UNSEEN);
    kinds.add(0, PIXEL);
    kinds.add(1, LATER);
    kinds.add(2, UNSEEN);
    return kinds;
  }

  private boolean isPixel(int r, int c) {
    return r == row && c == column;
  }

  private Path2D grid() {
    Path2D lines = new Path2D.Double();
    for (int r = 0; r <= height; r++) {
      line(lines, 0, r, width, r);
    }
    for (int c = 0; c <= width; c++) {
      line(lines, c, 0, c, height);
    }
    return lines;
  }

  /** A line wherever an expected pixel touches one that is not expected. */
  private Path2D outline() {
    Path2D lines = new Path2D.Double();
    for (int r = 0; r <= height; r++) {
      for (int c = 0; c <= width; c++) {
        if (isExpected(r, c) != isExpected(r - 1, c)) {
          line(lines, c, r, c + 1, r);
        }
        if (isExpected(r, c) != isExpected(r, c - 1)) {
          line(lines, c, r, c, r + 1);
        }
      }
    }
    return lines;
  }

  /** Adds a line between two corners of pixels. The centre of a pixel has whole coordinates. */
  private static void line(Path2D lines, int fromX, int fromY, int toX, int toY) {
    lines.moveTo(fromX - 0.5, fromY - 0.5);
    lines.lineTo(toX - 0.5, toY - 0.5);
  }

  private boolean isExpected(int r, int c) {
    return r >= 0 && r < height && c >= 0 && c < width && expected[r][c];
  }

  private static LegendTitle legend() {
    LegendItemCollection items = new LegendItemCollection();
    items.add(item("the pixel", PIXEL));
    items.add(item("earlier, not seen", UNSEEN));
    items.add(item("later, not seen", LATER));
    items.add(item("outline: seen by definition", OUTLINE));
    return ChartLook.legend(() -> items);
  }

  private static LegendItem item(String meaning, Color colour) {
    return new LegendItem(
        meaning,
        null,
        null,
        null,
        new Rectangle(-9, -7, 18, 14),
        colour,
        new BasicStroke(1),
        Color.GRAY);
  }

  /** Pixels with a value each. */
  private static final class Pixels {
    private final double[][] columnRowValue;
    private int count;

    Pixels(int most) {
      columnRowValue = new double[3][most];
    }

    void add(int column, int row, double value) {
      columnRowValue[0][count] = column;
      columnRowValue[1][count] = row;
      columnRowValue[2][count++] = value;
    }

    DefaultXYZDataset dataset(String name) {
      double[][] series = new double[3][];
      for (int i = 0; i < 3; i++) {
        series[i] = Arrays.copyOf(columnRowValue[i], count);
      }
      DefaultXYZDataset dataset = new DefaultXYZDataset();
      dataset.addSeries(name, series);
      return dataset;
    }
  }
}
