package org.pixelrnn.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Levels;

/**
 * Paints images in a terminal, row by row as they arrive. Each character shows two pixels, one
 * above the other:
 *
 * <pre>
 *   upper row    ▀    the colour of the half block
 *   lower row         the colour behind it
 * </pre>
 *
 * <p>The images of a batch stand side by side, as many as fit. If the output is not a terminal, a
 * plain character stands for the mean brightness of the two pixels.
 */
final class HalfBlocks {

  /** How a line is written. */
  enum Ink {
    /**
     * 24-bit colours by ANSI escape sequences. A line appears with its upper row, and is painted
     * again with both rows.
     */
    COLOUR,
    /** Plain characters. A line appears when both its rows have arrived. */
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
   * Makes a painter for one batch.
   *
   * @param shape the shape of each image
   * @param count the number of images in the batch
   * @param width the number of characters in a line of the terminal. If not even one image fits, it
   *     is cut off at the right.
   */
  HalfBlocks(ImageShape shape, int count, int width, Ink ink, Appendable out) {
    this.shape = shape;
    this.shown = Math.min(count, Math.max(1, (width + 1) / (shape.width() + 1)));
    this.columns = Math.min(shape.width(), Math.max(1, width));
    this.ink = ink;
    this.out = out;
  }

  /** The number of images that are shown. */
  int shown() {
    return shown;
  }

  /**
   * Takes the next row of every image and paints it.
   *
   * @param values levels, {@code [count, width, channels]}
   * @throws UncheckedIOException if the terminal cannot be written to
   */
  void row(byte[] values) {
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
      // After \r, the next row is painted over this line.
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
