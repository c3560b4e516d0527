package org.pixelrnn.train;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.StandardChartTheme;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Stage;

/**
 * {@link LearningCurve}s side by side: a line with points of each one's validation, and a thin one
 * of the same colour of its training.
 */
public final class LearningCurvesChart {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 520;

  /** Told apart by all eyes and on white: the palette of Okabe and Ito. */
  private static final List<Color> COLOURS =
      Stream.of(0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9, 0x000000)
          .map(Color::new)
          .toList();

  /** Of which the training curves show means. */
  private static final int RANGES = 200;

  private LearningCurvesChart() {}

  /**
   * Draws the curves of runs, which are called by their folders; each stage has one of its own.
   *
   * @throws InputException if a run has none yet, or it cannot be read
   */
  public static BufferedImage of(List<RunDirectory> runs) {
    Map<String, LearningCurve> curves = new LinkedHashMap<>();
    for (RunDirectory run : runs) {
      String folder = run.path().toAbsolutePath().normalize().getFileName().toString();
      for (Stage stage : run.stages()) {
        String name = stage == Stage.WHOLE ? folder : folder + ", " + Stages.name(stage);
        curves.put(name, LearningCurve.of(run.stage(stage)));
      }
    }
    return of(curves);
  }

  private static BufferedImage of(Map<String, LearningCurve> curves) {
    XYSeriesCollection lines = new XYSeriesCollection();
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
    long longest =
        curves.values().stream().mapToLong(c -> c.training().lastKey()).max().orElseThrow();
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (Map.Entry<String, LearningCurve> entry : curves.entrySet()) {
      Color colour = COLOURS.get(lines.getSeriesCount() / 2 % COLOURS.size());
      SortedMap<Long, Double> training = entry.getValue().smoothed(1 + longest / RANGES);
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
      // Where training begins, far above, nothing is to be learned from a curve.
      most = Math.max(most, validation.get(validation.firstKey()));
    }
    JFreeChart chart =
        ChartFactory.createXYLineChart(null, "images seen", "bits per dimension", lines);
    StandardChartTheme theme = new StandardChartTheme("plain");
    theme.setPlotBackgroundPaint(Color.WHITE);
    theme.setRangeGridlinePaint(Color.LIGHT_GRAY);
    theme.setDomainGridlinePaint(Color.LIGHT_GRAY);
    theme.apply(chart);
    XYPlot plot = chart.getXYPlot();
    plot.setRenderer(renderer);
    double margin = 0.05 * (most - least) + 1e-3 * most;
    NumberAxis bits = (NumberAxis) plot.getRangeAxis();
    bits.setAutoRangeIncludesZero(false);
    bits.setRange(least - margin, most + margin);
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
