package org.pixelrnn.image;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Images in a terminal, painted while their rows arrive: a line of text shows two rows, the upper
 * one as the colour of a half block {@code ▀}, the lower one as the colour behind it.
 *
 * <p>As many of a batch's images as fit stand side by side. Where there is no terminal, the same
 * lines come without colours, each pair of pixels as one character from dark to bright.
 */
public final class HalfBlocks {

  /** How a line is written. */
  public enum Ink {
    /**
     * 24-bit colours, by ANSI escape sequences; a line is painted as soon as its upper row is
     * known.
     */
    COLOUR,
    /** Plain characters; a line is written when both its rows are known. */
    PLAIN
  }

  private static final String RAMP = " .:-=+*#%@";
  private static final String RESET = "\u001b[0m";

  private final ImageShape shape;
  private final int shown;
  private final int columns;
  private final Ink ink;
  private final Appendable out;
  private byte[] upper;
  private int row;

  /**
   * A painter for one batch.
   *
   * @param shape the shape of each image
   * @param count images in the batch
   * @param width characters in a line of the terminal; one image is shown even where it does not
   *     fit, cut off at its right
   */
  public HalfBlocks(ImageShape shape, int count, int width, Ink ink, Appendable out) {
    this.shape = shape;
    this.shown = Math.min(count, Math.max(1, (width + 1) / (shape.width() + 1)));
    this.columns = Math.min(shape.width(), Math.max(1, width));
    this.ink = ink;
    this.out = out;
  }

  /** How many images of the batch are shown. */
  public int shown() {
    return shown;
  }

  /**
   * Takes the next row of every image, and writes what can now be seen of it.
   *
   * @param values level indices {@code [count, width, channels]}
   * @throws UncheckedIOException if the terminal cannot be written to
   */
  public void row(byte[] values) {
    boolean lower = upper != null;
    boolean last = ++row == shape.height();
    StringBuilder line = new StringBuilder();
    if (ink == Ink.COLOUR || lower || last) {
      for (int image = 0; image < shown; image++) {
        line.append(image == 0 ? "" : " ");
        for (int column = 0; column < columns; column++) {
          int at = (image * shape.width() + column) * shape.channels();
          paint(line, lower ? upper : values, lower ? values : null, at);
        }
        line.append(ink == Ink.COLOUR ? RESET : "");
      }
      // A line whose lower row is still to come is painted over when it does.
      line.append(lower || last ? "\n" : "\r");
    }
    upper = lower ? null : values.clone();
    try {
      out.append(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void paint(StringBuilder line, byte[] upperRow, byte[] lowerRow, int at) {
    Levels display = Levels.of(shape);
    int top = display.rgb(upperRow, at, shape.channels());
    int bottom = lowerRow == null ? top : display.rgb(lowerRow, at, shape.channels());
    if (ink == Ink.PLAIN) {
      int brightness = (luma(top) + luma(bottom)) / 2;
      line.append(RAMP.charAt(brightness * (RAMP.length() - 1) / 255));
      return;
    }
    colour(line, 38, top);
    if (lowerRow != null) {
      colour(line, 48, bottom);
    }
    line.append('▀');
  }

  private static void colour(StringBuilder line, int ground, int rgb) {
    line.append("\u001b[").append(ground).append(";2;");
    line.append(rgb >> 16).append(';').append(rgb >> 8 & 255).append(';').append(rgb & 255);
    line.append('m');
  }

  private static int luma(int rgb) {
    return (299 * (rgb >> 16) + 587 * (rgb >> 8 & 255) + 114 * (rgb & 255)) / 1000;
  }
}
