package org.pixelrnn.plot;

import java.awt.Color;
import java.awt.Font;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.LegendItemSource;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;

/**
 * The look of every chart: black on white, a sans-serif font, pale grid lines, and numbers that are
 * written the same in every locale.
 */
final class ChartLook {
  static final Color GRID = new Color(0xdddddd);
  private static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
  private static final Font LARGE = SMALL.deriveFont(16f);

  private ChartLook() {}

  /**
   * A chart without a legend.
   *
   * @param title its first line; an empty one takes no space
   */
  static JFreeChart chart(String title, XYPlot plot) {
    plot.setBackgroundPaint(Color.WHITE);
    plot.setOutlineVisible(false);
    plot.setDomainGridlinePaint(GRID);
    plot.setRangeGridlinePaint(GRID);
    plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
    JFreeChart chart = new JFreeChart(null, LARGE, plot, false);
    if (!title.isEmpty()) {
      TextTitle line = new TextTitle(title, LARGE);
      line.setHorizontalAlignment(HorizontalAlignment.LEFT);
      line.setPadding(2, 8, 8, 8);
      chart.setTitle(line);
    }
    chart.setBackgroundPaint(Color.WHITE);
    chart.setPadding(new RectangleInsets(8, 8, 8, 16));
    return chart;
  }

  /**
   * Makes an axis look like those of all charts.
   *
   * @param pattern of its numbers, as {@link DecimalFormat} takes it
   */
  static <A extends NumberAxis> A axis(A axis, String pattern) {
    axis.setLabelFont(SMALL);
    axis.setTickLabelFont(SMALL);
    // Wide margins, so that an axis has few numbers.
    axis.setTickLabelInsets(new RectangleInsets(4, 6, 4, 6));
    axis.setNumberFormatOverride(
        new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT)));
    return axis;
  }

  /** A legend below the plot. */
  static LegendTitle legend(LegendItemSource items) {
    LegendTitle legend = new LegendTitle(items);
    legend.setPosition(RectangleEdge.BOTTOM);
    legend.setItemFont(SMALL);
    legend.setItemLabelPadding(new RectangleInsets(2, 4, 2, 16));
    legend.setFrame(BlockBorder.NONE);
    return legend;
  }
}
