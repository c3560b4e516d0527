package org.pixelrnn.data;

import com.google.common.collect.ImmutableList;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.pixelrnn.data.Digits.Curve;
import org.pixelrnn.data.Digits.Glyph;
import org.pixelrnn.data.Digits.Point;

/**
 * Draws one digit in a random handwriting. The points of a glyph get a tremor. Then the glyph is
 * slanted, rotated, stretched and shifted at random, and Java2D draws it, anti-aliased, with a pen
 * of random width.
 */
final class Handwriting {
  /** Pixels between the pen and the edge, because curves reach a little beyond their points. */
  private static final double MARGIN = 1.8;

  private Handwriting() {}

  /**
   * Draws a random digit.
   *
   * @param side the picture's height and width
   * @return how much ink covers each pixel, {@code 0..255}, {@code [side, side]}
   */
  static byte[] draw(int side, KeyedRandom random) {
    ImmutableList<Glyph> glyphs = Digits.glyphs(random.nextInt(10));
    Glyph glyph = glyphs.get(random.nextInt(glyphs.size()));
    Hand hand = Hand.random(side, random);
    List<List<Point>> written = new ArrayList<>();
    for (Curve curve : glyph.curves()) {
      written.add(hand.write(curve, random));
    }
    double width = side * random.uniform(0.062, 0.125);
    Path2D path = new Path2D.Double();
    fit(written, side, width, random).forEach(points -> append(path, points));
    return render(path, (float) width, side);
  }

  /** Moves the curves near the middle of the picture. Shrinks them if they leave no margin. */
  private static List<List<Point>> fit(
      List<List<Point>> curves, int side, double width, KeyedRandom random) {
    // The bounds of the points: Java's bounds of a path differ between its versions.
    Interval x = Interval.of(curves, Point::x);
    Interval y = Interval.of(curves, Point::y);
    double room = side - width - 2 * MARGIN;
    double scale = Math.min(1, room / Math.max(x.length(), y.length()));
    double left = x.shift(scale, side, room, random);
    double top = y.shift(scale, side, room, random);
    return curves.stream()
        .map(
            points ->
                points.stream()
                    .map(p -> new Point(left + scale * p.x(), top + scale * p.y(), p.corner()))
                    .toList())
        .toList();
  }

  /** The range of some curves' coordinates, in x or in y. */
  private record Interval(double low, double high) {

    static Interval of(List<List<Point>> curves, ToDoubleFunction<Point> coordinate) {
      DoubleSummaryStatistics all =
          curves.stream().flatMap(List::stream).mapToDouble(coordinate).summaryStatistics();
      return new Interval(all.getMin(), all.getMax());
    }

    double length() {
      return high - low;
    }

    /** The shift that moves it to a random place near the middle, within the room. */
    double shift(double scale, int side, double room, KeyedRandom random) {
      double wander = side * 0.03 * clipped(random.gaussian());
      double free = (room - scale * length()) / 2;
      return side / 2.0 + Math.max(-free, Math.min(free, wander)) - scale * (low + high) / 2;
    }
  }

  /**
   * A handwriting: the linear map {@code (x, y) -> (ax + by, cx + dy)} from the box of 100 × 100 to
   * pixels, and the size of the tremor.
   */
  private record Hand(double a, double b, double c, double d, double tremor) {

    static Hand random(int side, KeyedRandom random) {
      double angle = 0.12 * clipped(random.gaussian());
      double slant = 0.12 + 0.17 * clipped(random.gaussian());
      double size = side * 0.0072 * random.uniform(0.86, 1.06);
      double wide = size * random.uniform(0.8, 1.1);
      double cos = StrictMath.cos(angle);
      double sin = StrictMath.sin(angle);
      // Slant first (upper points move right), then stretch, then rotate.
      return new Hand(
          cos * wide,
          -cos * wide * slant - sin * size,
          sin * wide,
          -sin * wide * slant + cos * size,
          random.uniform(0.8, 3));
    }

    List<Point> write(Curve curve, KeyedRandom random) {
      List<Point> written = new ArrayList<>();
      for (Point point : curve.points()) {
        double x = point.x() + tremor * clipped(random.gaussian());
        double y = point.y() + tremor * clipped(random.gaussian());
        written.add(new Point(a * x + b * y, c * x + d * y, point.corner()));
      }
      return written;
    }
  }

  /** Appends a smooth curve through points: a Catmull-Rom spline, as cubic Bézier segments. */
  private static void append(Path2D path, List<Point> points) {
    path.moveTo(points.get(0).x(), points.get(0).y());
    for (int i = 1; i < points.size(); i++) {
      Point from = points.get(i - 1);
      Point to = points.get(i);
      // At an end or a corner there is no neighbour to continue smoothly from.
      Point before = i == 1 || from.corner() ? from : points.get(i - 2);
      Point after = i == points.size() - 1 || to.corner() ? to : points.get(i + 1);
      path.curveTo(
          from.x() + (to.x() - before.x()) / 6,
          from.y() + (to.y() - before.y()) / 6,
          to.x() - (after.x() - from.x()) / 6,
          to.y() - (after.y() - from.y()) / 6,
          to.x(),
          to.y());
    }
  }

  private static byte[] render(Path2D path, float width, int side) {
    BufferedImage canvas = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D pen = canvas.createGraphics();
    try {
      pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      pen.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      pen.setRenderingHint(RenderingHints.KEY_RENDERING, RenderingHints.VALUE_RENDER_QUALITY);
      pen.setColor(Color.WHITE);
      pen.setStroke(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
      pen.draw(path);
    } finally {
      pen.dispose();
    }
    return ((DataBufferByte) canvas.getRaster().getDataBuffer()).getData();
  }

  /** At most two standard deviations. */
  private static double clipped(double gaussian) {
    return Math.max(-2, Math.min(2, gaussian));
  }
}
