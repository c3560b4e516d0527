package org.pixelrnn.image;

import java.awt.Rectangle;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.function.BiFunction;

/**
 * The hidden part of an image, which a model completes. It is one of these:
 *
 * <ul>
 *   <li>{@code bottom:0.5} hides the lower half. {@code top}, {@code left} and {@code right} hide a
 *       share of the image at their side.
 *   <li>{@code centre:0.5} hides a central box with half of the height and half of the width.
 *   <li>{@code box:x,y,w,h} hides a box in pixels.
 * </ul>
 */
public final class Occlusion {
  private static final String RULE =
      "expected bottom:F, top:F, left:F, right:F or centre:F with 0 < F <= 1,"
          + " or box:x,y,w,h in pixels, for instance bottom:0.5 or box:8,8,12,12";

  private final String text;

  /** The hidden box as a function of height and width. */
  private final BiFunction<Integer, Integer, Rectangle> hidden;

  private Occlusion(String text, BiFunction<Integer, Integer, Rectangle> hidden) {
    this.text = text;
    this.hidden = hidden;
  }

  /**
   * Reads an occlusion from text.
   *
   * @throws InputException if the text has none of the forms above
   */
  public static Occlusion parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw invalid(text, "there is no colon");
    }
    String kind = text.substring(0, colon);
    String size = text.substring(colon + 1);
    return new Occlusion(
        text,
        switch (kind) {
          case "bottom" -> {
            double share = share(text, size);
            yield (h, w) -> new Rectangle(0, h - part(h, share), w, part(h, share));
          }
          case "top" -> {
            double share = share(text, size);
            yield (h, w) -> new Rectangle(0, 0, w, part(h, share));
          }
          case "left" -> {
            double share = share(text, size);
            yield (h, w) -> new Rectangle(0, 0, part(w, share), h);
          }
          case "right" -> {
            double share = share(text, size);
            yield (h, w) -> new Rectangle(w - part(w, share), 0, part(w, share), h);
          }
          case "centre" -> {
            double share = share(text, size);
            yield (h, w) -> {
              int rows = part(h, share);
              int columns = part(w, share);
              return new Rectangle((w - columns) / 2, (h - rows) / 2, columns, rows);
            };
          }
          case "box" -> {
            Rectangle box = box(text, size);
            yield (h, w) -> box;
          }
          default -> throw invalid(text, "'" + kind + "' is not a kind of occlusion");
        });
  }

  /**
   * Marks the pixels of an image that stay visible.
   *
   * @return {@code [height, width]}, true where a pixel is known
   * @throws InputException if the box does not fit into an image of this size
   */
  public boolean[] known(int height, int width) {
    Rectangle box = hidden.apply(height, width);
    if (!new Rectangle(width, height).contains(box)) {
      throw new InputException(
          "occlusion '"
              + text
              + "': the box reaches outside an image of "
              + height
              + "×"
              + width
              + " (height × width)");
    }
    boolean[] known = new boolean[height * width];
    Arrays.fill(known, true);
    for (int r = box.y; r < box.y + box.height; r++) {
      Arrays.fill(known, r * width + box.x, r * width + box.x + box.width, false);
    }
    return known;
  }

  /** The text that this occlusion was read from. */
  @Override
  public String toString() {
    return text;
  }

  /** The number of hidden rows (columns): at least one, even if the share is tiny. */
  private static int part(int whole, double share) {
    return Math.max(1, (int) Math.round(share * whole));
  }

  private static double share(String text, String size) {
    double share;
    try {
      // Double.parseDouble would accept "NaN" and "1f".
      share = new BigDecimal(size).doubleValue();
    } catch (NumberFormatException e) {
      throw invalid(text, "'" + size + "' is not a number");
    }
    if (share <= 0 || share > 1) {
      throw invalid(text, size + " is outside (0, 1]");
    }
    return share;
  }

  private static Rectangle box(String text, String size) {
    int[] numbers;
    try {
      numbers = Arrays.stream(size.split(",", -1)).mapToInt(Integer::parseInt).toArray();
    } catch (NumberFormatException e) {
      throw invalid(text, "'" + size + "' is not four whole numbers");
    }
    if (numbers.length != 4) {
      throw invalid(text, numbers.length + " numbers, not four");
    }
    if (numbers[0] < 0 || numbers[1] < 0 || numbers[2] < 1 || numbers[3] < 1) {
      throw invalid(text, "x and y are at least 0, w and h at least 1");
    }
    return new Rectangle(numbers[0], numbers[1], numbers[2], numbers[3]);
  }

  private static InputException invalid(String text, String why) {
    return new InputException("occlusion '" + text + "': " + why + "; " + RULE);
  }
}
