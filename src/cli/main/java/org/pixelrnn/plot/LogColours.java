package org.pixelrnn.plot;

import java.awt.Color;
import java.awt.Paint;
import java.text.FieldPosition;
import java.text.NumberFormat;
import java.text.ParsePosition;
import java.util.Locale;
import java.util.Optional;
import org.jfree.chart.axis.AxisLocation;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.renderer.PaintScale;
import org.jfree.chart.title.PaintScaleLegend;
import org.jfree.chart.ui.RectangleEdge;

/**
 * Shades of blue on a logarithmic scale. The paint of a value is asked for by the value's decimal
 * logarithm.
 *
 * @param bottom the logarithm at and below which a value is palest
 * @param top the logarithm of the largest value, which is darkest; larger than {@code bottom}
 * @param clipped true if some values are below the bottom
 */
record LogColours(double bottom, double top, boolean clipped) implements PaintScale {
  /** Values more than this many powers of ten below the largest are palest. */
  private static final int DECADES = 8;

  private static final Color PALEST = new Color(0xd0e0f4);
  private static final Color DARKEST = new Color(0x082c66);

  /** The scale for the positive values of a map; empty if it has none. */
  static Optional<LogColours> of(double[][] map) {
    double most = Double.NEGATIVE_INFINITY;
    double least = Double.POSITIVE_INFINITY;
    for (double[] row : map) {
      for (double value : row) {
        if (value > 0) {
          most = Math.max(most, Math.log10(value));
          least = Math.min(least, Math.log10(value));
        }
      }
    }
    if (least > most) {
      return Optional.empty();
    }
    boolean clipped = least < most - DECADES;
    // If all values are equal, they are darkest.
    double bottom = clipped ? most - DECADES : Math.min(least, most - 0.1);
    return Optional.of(new LogColours(bottom, most, clipped));
  }

  @Override
  public double getLowerBound() {
    return bottom;
  }

  @Override
  public double getUpperBound() {
    return top;
  }

  @Override
  public Paint getPaint(double logarithm) {
    double share = Math.max(0, Math.min(1, (logarithm - bottom) / (top - bottom)));
    return new Color(
        between(PALEST.getRed(), DARKEST.getRed(), share),
        between(PALEST.getGreen(), DARKEST.getGreen(), share),
        between(PALEST.getBlue(), DARKEST.getBlue(), share));
  }

  private static int between(int from, int to, double share) {
    return (int) Math.round(from + share * (to - from));
  }

  /**
   * A strip of all colours with their values, right of a plot.
   *
   * @param below pixels that are left free below the strip
   */
  PaintScaleLegend legend(int below) {
    NumberAxis axis = ChartLook.axis(new NumberAxis(label()), "0");
    axis.setNumberFormatOverride(new PowerOfTen());
    axis.setRange(bottom, top);
    // One number for each power of ten, or four for a narrow range.
    axis.setTickUnit(new NumberTickUnit(top - bottom > 2 ? 1 : (top - bottom) / 4));
    PaintScaleLegend legend = new PaintScaleLegend(this, axis);
    legend.setPosition(RectangleEdge.RIGHT);
    legend.setAxisLocation(AxisLocation.BOTTOM_OR_RIGHT);
    legend.setStripWidth(24);
    legend.setSubdivisionCount(256);
    legend.setBackgroundPaint(Color.WHITE);
    legend.setPadding(0, 16, below, 0);
    return legend;
  }

  private String label() {
    return clipped ? "|gradient|; palest: " + power(bottom) + " and less" : "|gradient|";
  }

  private static String power(double logarithm) {
    return String.format(Locale.ROOT, "%.1e", Math.pow(10, logarithm));
  }

  /** Writes a logarithm as the number that it is the logarithm of, {@code 1.0e-03}. */
  private static final class PowerOfTen extends NumberFormat {
    private static final long serialVersionUID = 1;

    @Override
    public StringBuffer format(double logarithm, StringBuffer text, FieldPosition position) {
      return text.append(power(logarithm));
    }

    @Override
    public StringBuffer format(long logarithm, StringBuffer text, FieldPosition position) {
      return format((double) logarithm, text, position);
    }

    @Override
    public Number parse(String text, ParsePosition position) {
      throw new UnsupportedOperationException("only writes numbers");
    }
  }
}
