package org.pixelrnn.image;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.math.BigDecimal;
import java.math.MathContext;

/**
 * The distribution of one sub-pixel over its levels as a bar chart, as figure 6 of the paper shows
 * them: levels along, probabilities up, and the level that the sub-pixel has in another colour.
 */
public final class DistributionPlot {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 420;
  private static final int LEFT = 80;
  private static final int RIGHT = 24;
  private static final int TOP = 48;
  private static final int BOTTOM = 60;

  private static final Color BARS = new Color(0x3060a0);
  private static final Color ACTUAL = new Color(0xd03020);
  private static final Color GRID = new Color(0xdddddd);

  private final double[] probabilities;
  private final double ceiling;
  private final double tick;
  private final BufferedImage canvas = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
  private final Graphics2D pen = canvas.createGraphics();

  private DistributionPlot(double[] probabilities) {
    this.probabilities = probabilities;
    double most = 0;
    for (double p : probabilities) {
      most = Math.max(most, p);
    }
    // Four to ten lines of 1, 2 or 5 times a power of ten.
    double power = Math.pow(10, Math.floor(Math.log10(most / 4)));
    double times = most / 4 / power;
    this.tick = power * (times >= 5 ? 5 : times >= 2 ? 2 : 1);
    this.ceiling = tick * Math.ceil(most / tick - 1e-9);
  }

  /**
   * Draws a distribution.
   *
   * @param probabilities of the levels {@code 0..K-1}, which sum to 1
   * @param actual the level that the sub-pixel has
   * @param title what is shown, in words
   */
  public static BufferedImage of(double[] probabilities, int actual, String title) {
    if (actual < 0 || actual >= probabilities.length) {
      throw new IllegalArgumentException(
          "level " + actual + " of " + probabilities.length + " levels");
    }
    DistributionPlot plot = new DistributionPlot(probabilities);
    plot.paper(title);
    plot.probabilityAxis();
    plot.levelAxis();
    plot.bars(actual);
    plot.pen.dispose();
    return plot.canvas;
  }

  private void paper(String title) {
    pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    pen.setColor(Color.WHITE);
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    pen.setColor(Color.BLACK);
    pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 16));
    pen.drawString(title, LEFT, TOP - 20);
    pen.setFont(pen.getFont().deriveFont(13f));
  }

  private void probabilityAxis() {
    FontMetrics font = pen.getFontMetrics();
    for (int i = 0; i * tick <= ceiling * (1 + 1e-9); i++) {
      double y = y(i * tick);
      pen.setColor(GRID);
      pen.draw(new Line2D.Double(LEFT, y, WIDTH - RIGHT, y));
      pen.setColor(Color.BLACK);
      String label =
          BigDecimal.valueOf(i * tick)
              .round(new MathContext(6))
              .stripTrailingZeros()
              .toPlainString();
      pen.drawString(label, LEFT - 8 - font.stringWidth(label), (float) y + 5);
    }
    AffineTransform upright = pen.getTransform();
    pen.rotate(-Math.PI / 2);
    String label = "probability";
    pen.drawString(label, (float) -(y(ceiling / 2) + font.stringWidth(label) / 2.0), 20f);
    pen.setTransform(upright);
  }

  private void levelAxis() {
    FontMetrics font = pen.getFontMetrics();
    pen.setColor(Color.BLACK);
    pen.draw(new Line2D.Double(LEFT, y(0), WIDTH - RIGHT, y(0)));
    int levels = probabilities.length;
    int step = levels <= 16 ? 1 : levels <= 64 ? 8 : 32;
    for (int level = 0; level < levels; level += step) {
      mark(level, font);
    }
    if (step > 1) {
      mark(levels - 1, font);
    }
    String label = "level";
    pen.drawString(label, (LEFT + WIDTH - RIGHT - font.stringWidth(label)) / 2, HEIGHT - 14);
  }

  private void mark(int level, FontMetrics font) {
    double centre = x(level + 0.5);
    pen.draw(new Line2D.Double(centre, y(0), centre, y(0) + 5));
    String label = String.valueOf(level);
    pen.drawString(label, (float) (centre - font.stringWidth(label) / 2.0), (float) y(0) + 20);
  }

  private void bars(int actual) {
    pen.setColor(ACTUAL);
    pen.setStroke(
        new BasicStroke(1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 1, new float[] {3, 3}, 0));
    double centre = x(actual + 0.5);
    pen.draw(new Line2D.Double(centre, y(ceiling), centre, y(0)));
    for (int level = 0; level < probabilities.length; level++) {
      pen.setColor(level == actual ? ACTUAL : BARS);
      double top = y(probabilities[level]);
      pen.fill(new Rectangle2D.Double(x(level), top, x(1) - x(0), y(0) - top));
    }
  }

  private double y(double probability) {
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - probability / ceiling);
  }

  private double x(double level) {
    return LEFT + (WIDTH - LEFT - RIGHT) * level / probabilities.length;
  }
}
