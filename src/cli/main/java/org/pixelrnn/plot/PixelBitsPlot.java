package org.pixelrnn.plot;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Locale;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.Levels;

/**
 * An image beside the bits of its pixels: how much each pixel surprises a model.
 *
 * <pre>
 *   title, first line
 *   title, second line
 *   ┌─────────┐ ┌─────────┐ ┌┐ 8 bits and more
 *   │  image  │ │  bits   │ ││
 *   └─────────┘ └─────────┘ └┘ 0
 * </pre>
 *
 * <p>All pictures of a model have one scale, so that they can be compared: from 0 to the bits of a
 * pixel under a uniform distribution, {@code C log₂ K}, but at least 8 bits.
 */
public final class PixelBitsPlot {
  /** The least top of the scale. A binary pixel of 8 bits has the probability 1/256. */
  private static final double LEAST_TOP = 8;

  /** The longer side of the enlarged image in pixels, or less. */
  private static final int SIDE = 320;

  private static final int GAP = 16;
  private static final int STRIP = 20;
  private static final Color BACKGROUND = Color.WHITE;
  private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

  private final ImageShape shape;
  private final HeatColours colours;
  private final int cell;

  private PixelBitsPlot(ImageShape shape) {
    this.shape = shape;
    this.colours = new HeatColours(top(shape));
    this.cell = Math.max(1, SIDE / Math.max(shape.height(), shape.width()));
  }

  /** The bits of the brightest colour, for images of a shape. */
  static double top(ImageShape shape) {
    double uniform = shape.channels() * Math.log(shape.levels()) / Math.log(2);
    return Math.max(LEAST_TOP, uniform);
  }

  /**
   * Plots one image.
   *
   * @param images images that have this one among them
   * @param index the image's index among them
   * @param bits of each pixel of all these images, {@code [n, height, width]}
   * @param title two lines; the first one is cut at its beginning if it is too long
   */
  public static BufferedImage of(Images images, int index, float[] bits, String... title) {
    return new PixelBitsPlot(images.shape()).draw(images, index, bits, title);
  }

  private BufferedImage draw(Images images, int index, float[] bits, String... title) {
    FontMetrics metrics = metrics();
    int right = metrics.stringWidth(mostLabel());
    int above = GAP + title.length * metrics.getHeight() + GAP / 2;
    int imageWidth = cell * shape.width();
    int imageHeight = cell * shape.height();
    int width = GAP + 2 * (imageWidth + GAP) + STRIP + GAP / 2 + right + GAP;
    BufferedImage picture =
        new BufferedImage(width, above + imageHeight + GAP, BufferedImage.TYPE_INT_RGB);
    Graphics2D drawing = drawing(picture);
    drawing.setColor(BACKGROUND);
    drawing.fillRect(0, 0, width, picture.getHeight());
    Levels display = Levels.of(shape);
    for (int pixel = 0; pixel < shape.pixels(); pixel++) {
      int x = GAP + cell * (pixel % shape.width());
      int y = above + cell * (pixel / shape.width());
      int at = index * shape.dimensions() + pixel * shape.channels();
      fill(drawing, x, y, display.rgb(images.levels(), at, shape.channels()));
      fill(drawing, x + imageWidth + GAP, y, colours.rgb(bits[index * shape.pixels() + pixel]));
    }
    drawing.setColor(Color.BLACK);
    for (int line = 0; line < title.length; line++) {
      drawing.drawString(
          shortened(title[line], metrics, width - 2 * GAP),
          GAP,
          GAP + metrics.getAscent() + line * metrics.getHeight());
    }
    drawStrip(drawing, metrics, GAP + 2 * (imageWidth + GAP), above, imageHeight);
    drawing.dispose();
    return picture;
  }

  private void fill(Graphics2D drawing, int x, int y, int rgb) {
    drawing.setColor(new Color(rgb));
    drawing.fillRect(x, y, cell, cell);
  }

  /** All colours, with the numbers of the lowest, the middle and the highest one. */
  private void drawStrip(Graphics2D drawing, FontMetrics metrics, int x, int above, int height) {
    for (int y = 0; y < height; y++) {
      double share = height == 1 ? 1 : 1 - y / (height - 1.0);
      drawing.setColor(new Color(colours.rgb(share * colours.top())));
      drawing.fillRect(x, above + y, STRIP, 1);
    }
    drawing.setColor(Color.BLACK);
    int textX = x + STRIP + GAP / 2;
    drawing.drawString(mostLabel(), textX, above + metrics.getAscent());
    if (height > 4 * metrics.getHeight()) {
      drawing.drawString(
          number(colours.top() / 2), textX, above + (height + metrics.getAscent()) / 2);
    }
    if (height > 2 * metrics.getHeight()) {
      drawing.drawString("0", textX, above + height - metrics.getDescent());
    }
  }

  private String mostLabel() {
    return "≥ " + number(colours.top()) + " bits";
  }

  private static String number(double bits) {
    String digits = String.format(Locale.ROOT, "%.1f", bits);
    return digits.endsWith(".0") ? digits.substring(0, digits.length() - 2) : digits;
  }

  private static String shortened(String line, FontMetrics metrics, int width) {
    String shown = line;
    while (metrics.stringWidth(shown) > width && shown.length() > 2) {
      shown = "…" + shown.substring(2);
    }
    return shown;
  }

  private static FontMetrics metrics() {
    Graphics2D drawing = drawing(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB));
    FontMetrics metrics = drawing.getFontMetrics();
    drawing.dispose();
    return metrics;
  }

  private static Graphics2D drawing(BufferedImage on) {
    Graphics2D drawing = on.createGraphics();
    drawing.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    drawing.setFont(FONT);
    return drawing;
  }
}
