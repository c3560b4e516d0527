package org.pixelrnn.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/**
 * Learning curves of several runs in one chart. The x axis has the images seen, the y axis bits per
 * dimension. Each run has a colour: a line with points for validation, and a thin line for
 * training.
 */
public final class LearningCurvesPlot {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 520;

  /** The palette of Okabe and Ito, which colour-blind people can tell apart on white. */
  private static final List<Color> COLOURS =
      Stream.of(0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9, 0x000000)
          .map(Color::new)
          .toList();

  /** The longest training curve is smoothed to this many points. */
  private static final int POINTS = 200;

  private LearningCurvesPlot() {}

  /**
   * The curve of one run: bits per dimension by the number of images seen.
   *
   * @param training the loss of each step; may be empty
   * @param validation the validations; not empty
   */
  public record Curve(SortedMap<Long, Double> training, SortedMap<Long, Double> validation) {
    /** The images seen until the end of the curve. */
    long images() {
      return Math.max(validation.lastKey(), training.isEmpty() ? 0 : training.lastKey());
    }

    /** The training curve as means over ranges of this many images, each at its range's middle. */
    SortedMap<Long, Double> smoothed(long images) {
      SortedMap<Long, Double> means = new TreeMap<>();
      if (training.isEmpty()) {
        return means;
      }
      for (long from = 0; from <= training.lastKey(); from += images) {
        SortedMap<Long, Double> range = training.subMap(from, from + images);
        if (!range.isEmpty()) {
          double mean = range.values().stream().mapToDouble(v -> v).average().orElseThrow();
          means.put(from + images / 2, mean);
        }
      }
      return means;
    }
  }

  /**
   * Plots curves.
   *
   * @param curves by the names of their runs, in the order of the legend; at least one
   */
  public static BufferedImage of(Map<String, Curve> curves) {
    XYSeriesCollection lines = new XYSeriesCollection();
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
    long longest = curves.values().stream().mapToLong(Curve::images).max().orElseThrow();
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (Map.Entry<String, Curve> entry : curves.entrySet()) {
      Color colour = COLOURS.get(lines.getSeriesCount() / 2 % COLOURS.size());
      SortedMap<Long, Double> training = entry.getValue().smoothed(1 + longest / POINTS);
      SortedMap<Long, Double> validation = entry.getValue().validation();
      int first = lines.getSeriesCount();
      lines.addSeries(series(entry.getKey(), validation));
      renderer.setSeriesPaint(first, colour);
      renderer.setSeriesStroke(first, new BasicStroke(2));
      renderer.setSeriesShapesVisible(first, true);
      lines.addSeries(series(entry.getKey() + ", training", training));
      renderer.setSeriesPaint(first + 1, colour);
      renderer.setSeriesStroke(first + 1, new BasicStroke(0.5f));
      renderer.setSeriesShapesVisible(first + 1, false);
      renderer.setSeriesVisibleInLegend(first + 1, false);
      least = Math.min(least, Math.min(minimum(training), minimum(validation)));
      // The first steps are far above all others. They would flatten the curves, and are cut off.
      most = Math.max(most, validation.get(validation.firstKey()));
    }
    double margin = 0.05 * (most - least) + 1e-3 * most;
    NumberAxis bits = ChartLook.axis(new NumberAxis("bits per dimension"), "0.######");
    bits.setRange(least - margin, most + margin);
    NumberAxis images = ChartLook.axis(new NumberAxis("images seen"), "#,##0");
    JFreeChart chart = ChartLook.chart("", new XYPlot(lines, images, bits, renderer));
    chart.addSubtitle(ChartLook.legend(renderer));
    return chart.createBufferedImage(WIDTH, HEIGHT);
  }

  private static double minimum(SortedMap<Long, Double> curve) {
    return curve.values().stream().mapToDouble(v -> v).min().orElse(Double.POSITIVE_INFINITY);
  }

  private static XYSeries series(String name, SortedMap<Long, Double> curve) {
    XYSeries series = new XYSeries(name);
    curve.forEach(series::add);
    return series;
  }
}
