package org.pixelrnn.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jfree.chart.ChartRenderingInfo;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.StandardXYBarPainter;
import org.jfree.chart.renderer.xy.XYBarRenderer;
import org.jfree.chart.ui.Layer;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.XYBarDataset;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/**
 * The distribution of one sub-pixel over its levels as a bar chart, as in figure 6 of the paper.
 * The x axis has the levels, the y axis their probabilities. The level that the sub-pixel has is in
 * another colour.
 */
public final class DistributionPlot {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 420;

  private static final Color BARS = new Color(0x3060a0);
  private static final Color ACTUAL = new Color(0xd03020);
  private static final BasicStroke DASHES =
      new BasicStroke(1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 1, new float[] {3, 3}, 0);

  private DistributionPlot() {}

  /**
   * Plots a distribution.
   *
   * @param probabilities of the levels {@code 0..K-1}, which sum to 1
   * @param actual the level that the sub-pixel has
   * @param title the chart's first line
   * @throws IllegalArgumentException if {@code actual} is not one of the levels
   */
  public static BufferedImage of(double[] probabilities, int actual, String title) {
    return of(probabilities, actual, title, new ChartRenderingInfo());
  }

  /**
   * Plots a distribution, and tells where.
   *
   * @param where receives the area of the bars
   */
  static BufferedImage of(
      double[] probabilities, int actual, String title, ChartRenderingInfo where) {
    int levels = probabilities.length;
    if (actual < 0 || actual >= levels) {
      throw new IllegalArgumentException(
          "actual level " + actual + "; expected 0 to " + (levels - 1));
    }
    XYSeries others = new XYSeries("other levels");
    XYSeries one = new XYSeries("actual level");
    for (int level = 0; level < levels; level++) {
      (level == actual ? one : others).add(level, probabilities[level]);
    }
    XYSeriesCollection both = new XYSeriesCollection();
    both.addSeries(others);
    both.addSeries(one);
    NumberAxis probability = ChartLook.axis(new NumberAxis("probability"), "0.######");
    probability.setRange(0, 1.02 * Arrays.stream(probabilities).max().orElseThrow());
    XYPlot plot =
        new XYPlot(
            new XYBarDataset(both, barWidth(levels)),
            ChartLook.axis(new LevelAxis(levels), "0"),
            probability,
            bars());
    JFreeChart chart = ChartLook.chart(title, plot);
    // Bars and lines are upright: without smoothing their edges are sharp.
    chart.setAntiAlias(false);
    chart.setTextAntiAlias(true);
    plot.setDomainGridlinesVisible(false);
    // A very unlikely level has a bar too small to be seen; the line shows where it is.
    ValueMarker line = new ValueMarker(actual, ACTUAL, DASHES);
    line.setAlpha(1);
    plot.addDomainMarker(line, Layer.BACKGROUND);
    return chart.createBufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB, where);
  }

  /** The width of a bar, where 1 is the distance between two levels. */
  private static double barWidth(int levels) {
    // Bars of 256 levels are 3 pixels wide: too narrow for gaps. They overlap, because rounding to
    // whole pixels would leave gaps.
    return levels > 64 ? 1.2 : 0.9;
  }

  private static XYBarRenderer bars() {
    XYBarRenderer bars = new XYBarRenderer();
    bars.setBarPainter(new StandardXYBarPainter());
    bars.setShadowVisible(false);
    bars.setSeriesPaint(0, BARS);
    bars.setSeriesPaint(1, ACTUAL);
    return bars;
  }

  /** An axis of levels, with ticks at round numbers and at the last level. */
  private static final class LevelAxis extends NumberAxis {
    private static final long serialVersionUID = 1;

    private final int levels;

    LevelAxis(int levels) {
      super("level");
      this.levels = levels;
      setRange(-0.5, levels - 0.5);
    }

    @Override
    public List<NumberTick> refreshTicks(
        Graphics2D g2, AxisState state, Rectangle2D dataArea, RectangleEdge edge) {
      List<NumberTick> ticks = new ArrayList<>();
      int step = levels <= 16 ? 1 : levels <= 64 ? 8 : 32;
      for (int level = 0; level < levels - 1; level += step) {
        ticks.add(tick(level));
      }
      ticks.add(tick(levels - 1));
      return ticks;
    }

    private static NumberTick tick(int level) {
      return new NumberTick(
          level, Integer.toString(level), TextAnchor.TOP_CENTER, TextAnchor.TOP_CENTER, 0);
    }
  }
}
