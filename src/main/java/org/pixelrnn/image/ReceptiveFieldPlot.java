package org.pixelrnn.image;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;

/**
 * What one pixel of an image sees, as figures 2 and 4 of the paper show it: the pixels before it,
 * the darker the more they count, on a logarithmic scale; the pixel itself; those after it; and an
 * outline around what it should see.
 */
public final class ReceptiveFieldPlot {
  private static final int SIDE = 640;
  private static final int MARGIN = 24;
  private static final int TOP = 52;
  private static final int LEGEND = 250;
  private static final int SCALE_HEIGHT = 240;

  /** Weaker ones than this share of the strongest are as pale as that. */
  private static final int DECADES = 8;

  private static final Color PIXEL = new Color(0xd03020);
  private static final Color LATER = new Color(0xb8b8b8);
  private static final Color UNSEEN = Color.WHITE;
  private static final Color OUTLINE = new Color(0xf09010);
  private static final Color GRID = new Color(0xdddddd);
  private static final Color WEAKEST = new Color(0xd0e0f4);
  private static final Color STRONGEST = new Color(0x082c66);

  private final double[][] strength;
  private final boolean[][] expected;
  private final int cell;
  private final double top;
  private final double bottom;
  private final BufferedImage canvas;
  private final Graphics2D pen;

  private ReceptiveFieldPlot(double[][] strength, boolean[][] expected) {
    this.strength = strength;
    this.expected = expected;
    int height = strength.length;
    int width = strength[0].length;
    cell = Math.max(4, SIDE / Math.max(height, width));
    double most = Double.NEGATIVE_INFINITY;
    double least = Double.POSITIVE_INFINITY;
    for (double[] row : strength) {
      for (double s : row) {
        if (s > 0) {
          most = Math.max(most, Math.log10(s));
          least = Math.min(least, Math.log10(s));
        }
      }
    }
    top = most;
    bottom = Math.max(least, most - DECADES);
    canvas =
        new BufferedImage(
            MARGIN + width * cell + MARGIN + LEGEND,
            TOP + Math.max(height * cell, SCALE_HEIGHT + 170) + MARGIN,
            BufferedImage.TYPE_INT_RGB);
    pen = canvas.createGraphics();
  }

  /**
   * Draws a receptive field.
   *
   * @param strength how much each pixel counts, {@code [height, width]}; 0 where it is not seen
   * @param expected where it should be more than 0, {@code [height, width]}
   * @param row of the pixel whose field it is
   * @param column of that pixel
   * @param title what is shown, in words
   */
  public static BufferedImage of(
      double[][] strength, boolean[][] expected, int row, int column, String title) {
    ReceptiveFieldPlot plot = new ReceptiveFieldPlot(strength, expected);
    plot.paper(title);
    plot.pixels(row, column);
    plot.outline();
    plot.legend();
    plot.pen.dispose();
    return plot.canvas;
  }

  private void paper(String title) {
    pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    pen.setColor(Color.WHITE);
    pen.fillRect(0, 0, canvas.getWidth(), canvas.getHeight());
    pen.setColor(Color.BLACK);
    pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 16));
    pen.drawString(title, MARGIN, TOP - 22);
    pen.setFont(pen.getFont().deriveFont(13f));
  }

  private void pixels(int row, int column) {
    for (int r = 0; r < strength.length; r++) {
      for (int c = 0; c < strength[r].length; c++) {
        boolean self = r == row && c == column;
        boolean later = r > row || (r == row && c > column);
        // A later pixel that is seen, which must not be, shows as seen.
        pen.setColor(
            self ? PIXEL : strength[r][c] > 0 ? shade(strength[r][c]) : later ? LATER : UNSEEN);
        pen.fillRect(x(c), y(r), cell, cell);
        pen.setColor(GRID);
        pen.drawRect(x(c), y(r), cell, cell);
      }
    }
  }

  private Color shade(double value) {
    double share = top == bottom ? 1 : Math.max(0, (Math.log10(value) - bottom) / (top - bottom));
    return new Color(
        between(WEAKEST.getRed(), STRONGEST.getRed(), share),
        between(WEAKEST.getGreen(), STRONGEST.getGreen(), share),
        between(WEAKEST.getBlue(), STRONGEST.getBlue(), share));
  }

  private static int between(int from, int to, double share) {
    return (int) Math.round(from + share * (to - from));
  }

  /** A line wherever what is expected meets what is not. */
  private void outline() {
    pen.setColor(OUTLINE);
    pen.setStroke(new BasicStroke(3, BasicStroke.CAP_SQUARE, BasicStroke.JOIN_MITER));
    for (int r = 0; r <= strength.length; r++) {
      for (int c = 0; c <= strength[0].length; c++) {
        if (expected(r, c) != expected(r - 1, c)) {
          pen.draw(new Line2D.Double(x(c), y(r), x(c + 1), y(r)));
        }
        if (expected(r, c) != expected(r, c - 1)) {
          pen.draw(new Line2D.Double(x(c), y(r), x(c), y(r + 1)));
        }
      }
    }
    pen.setStroke(new BasicStroke(1));
  }

  private boolean expected(int r, int c) {
    return r >= 0 && r < expected.length && c >= 0 && c < expected[r].length && expected[r][c];
  }

  private void legend() {
    int left = x(strength[0].length) + MARGIN;
    if (top >= bottom) {
      for (int i = 0; i < SCALE_HEIGHT; i++) {
        double share = 1 - i / (SCALE_HEIGHT - 1.0);
        pen.setColor(shade(Math.pow(10, bottom + share * (top - bottom))));
        pen.fillRect(left, TOP + i, 24, 1);
      }
      pen.setColor(Color.BLACK);
      pen.drawString(String.format("%.1e", Math.pow(10, top)), left + 32, TOP + 10);
      pen.drawString("|gradient|", left + 32, TOP + SCALE_HEIGHT / 2);
      pen.drawString(
          String.format("%.1e and less", Math.pow(10, bottom)), left + 32, TOP + SCALE_HEIGHT);
    }
    int at = TOP + SCALE_HEIGHT + 24;
    for (Swatch swatch :
        new Swatch[] {
          new Swatch(PIXEL, "the pixel"),
          new Swatch(UNSEEN, "earlier, not seen"),
          new Swatch(LATER, "later, not seen"),
          new Swatch(OUTLINE, "outline: seen by definition")
        }) {
      pen.setColor(swatch.colour);
      pen.fillRect(left, at, 24, 18);
      pen.setColor(GRID);
      pen.drawRect(left, at, 24, 18);
      pen.setColor(Color.BLACK);
      pen.drawString(swatch.meaning, left + 32, at + 14);
      at += 30;
    }
  }

  private record Swatch(Color colour, String meaning) {}

  private int x(int column) {
    return MARGIN + column * cell;
  }

  private int y(int row) {
    return TOP + row * cell;
  }
}
