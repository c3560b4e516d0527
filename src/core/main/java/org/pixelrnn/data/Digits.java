package org.pixelrnn.data;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The shapes of the ten digits, each in several variants. A shape is a list of strokes, and a
 * stroke is a smooth curve through its points. Points lie in a box of 100 × 100 whose upper left
 * corner is the origin.
 */
final class Digits {
  /**
   * One shape a line: the digit, then its points {@code x,y}. {@code ^} marks a point as a corner,
   * and {@code /} lifts the pen.
   */
  private static final String GLYPHS =
      """
      0: 58,7 36,8 20,30 18,62 32,90 54,94 74,76 80,46 72,18 54,5 42,9
      0: 60,9 42,8 27,34 27,74 42,94 62,88 72,58 70,26 56,8 46,12
      0: 50,5 26,18 15,50 26,84 50,95 76,82 86,50 74,16 46,6
      1: 51,4 50,50 49,96
      1: 32,27 53,5^ 52,96
      1: 32,26 51,5^ 51,94^ / 30,95 73,94
      2: 22,27 36,7 61,6 74,26 63,52 41,76 21,94^ 52,93 81,93
      2: 21,25 39,6 65,10 71,34 54,62 30,88 19,88 26,76 45,82 62,93 83,86
      2: 24,22 44,5 68,14 70,36 52,62 20,93^ 50,88 80,94
      3: 22,16 44,5 68,14 67,36 43,47^ 68,54 78,74 62,93 38,95 19,84
      3: 22,8 49,8 74,8^ 56,26 42,43^ 67,50 77,70 64,91 40,96 18,86
      3: 24,14 48,5 66,18 60,38 42,46 64,50 76,68 66,90 42,96 20,84
      4: 32,6 26,32 20,57^ 50,58 81,57^ / 64,28 62,62 60,96
      4: 60,96 61,50 62,4^ 38,34 15,65^ 48,65 84,65
      4: 28,8 25,34 34,50 54,50 70,40^ / 73,8 69,50 63,96
      5: 74,8 53,9 33,8^ 30,26 27,45^ 48,39 69,47 75,68 62,90 40,95 18,85
      5: 35,9 31,26 28,44^ 50,41 71,51 74,72 58,92 36,95 18,85 / 34,9 54,9 78,6
      6: 66,6 44,20 27,46 24,74 38,94 60,92 72,74 61,57 42,57 27,72
      6: 58,4 36,34 25,66 34,90 54,96 71,84 68,64 50,58 33,66 26,76
      7: 19,10 50,10 80,9^ 62,40 48,68 40,96
      7: 19,12 48,11 79,8^ 59,44 42,96 / 33,52 52,51 71,50
      7: 20,26 20,10^ 50,12 80,9^ 60,42 50,68 47,96
      8: 70,18 51,5 31,15 34,34 54,48 72,66 68,88 48,96 29,86 30,66 50,48 68,32 70,16 60,8
      8: 52,47 34,36 31,17 48,5 66,13 68,32 52,47 30,62 26,82 46,96 70,88 74,68 52,47
      9: 73,22 54,6 34,14 27,34 40,50 60,45 74,24^ 72,60 66,96
      9: 72,20 52,6 31,18 29,40 46,51 66,40 73,18^ 75,58 62,88 40,95 24,86
      9: 68,12 48,6 31,22 32,42 50,48 67,32 72,14^ 65,56 54,96
      """;

  private static final ImmutableList<ImmutableList<Glyph>> BY_DIGIT = parse();

  private Digits() {}

  /** One shape of a digit. */
  record Glyph(ImmutableList<Curve> curves) {}

  /** A stroke: the points on it, in order. */
  record Curve(ImmutableList<Point> points) {}

  /** A point of a stroke. At a corner the stroke changes its direction at once. */
  record Point(double x, double y, boolean corner) {}

  /** The shapes of a digit {@code 0..9}. */
  static ImmutableList<Glyph> glyphs(int digit) {
    return BY_DIGIT.get(digit);
  }

  /** All shapes as text. It is part of a data set's digest. */
  static String text() {
    return GLYPHS;
  }

  private static ImmutableList<ImmutableList<Glyph>> parse() {
    List<ImmutableList.Builder<Glyph>> digits =
        IntStream.range(0, 10).mapToObj(i -> ImmutableList.<Glyph>builder()).toList();
    for (String line : Splitter.on('\n').omitEmptyStrings().split(GLYPHS)) {
      List<String> parts = Splitter.on(':').splitToList(line);
      digits.get(Integer.parseInt(parts.get(0))).add(glyph(parts.get(1)));
    }
    return digits.stream()
        .map(ImmutableList.Builder::build)
        .collect(ImmutableList.toImmutableList());
  }

  private static Glyph glyph(String text) {
    ImmutableList.Builder<Curve> curves = ImmutableList.builder();
    for (String stroke : Splitter.on('/').split(text)) {
      curves.add(
          new Curve(
              Splitter.on(' ').omitEmptyStrings().splitToList(stroke).stream()
                  .map(Digits::point)
                  .collect(ImmutableList.toImmutableList())));
    }
    return new Glyph(curves.build());
  }

  private static Point point(String text) {
    boolean corner = text.endsWith("^");
    List<String> xy =
        Splitter.on(',').splitToList(corner ? text.substring(0, text.length() - 1) : text);
    return new Point(Double.parseDouble(xy.get(0)), Double.parseDouble(xy.get(1)), corner);
  }
}
