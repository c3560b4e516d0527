package org.pixelrnn.train;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.proto.v1.Ancestor;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.proto.v1.Stage;

/**
 * Tells a person how training goes: step, images per second, nats and bits per dimension, time
 * left. On a terminal it is a bar; elsewhere a line now and then.
 */
public final class Progress {
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(20);
  private static final int SMOOTHING_STEPS = 50;

  private final PrintStream out;
  private final boolean terminal;
  private ProgressBar bar;
  private ImageShape shape;
  private int batchSize;
  private long first;
  private long end;
  private long begun;
  private long lastLine;
  private double smoothed = Double.NaN;

  /**
   * Progress that goes to a stream, usually standard error.
   *
   * @param terminal whether the stream's cursor can be moved
   */
  public Progress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  void begin(Stage stage, long firstStep, long endStep, int imagesPerStep, ImageShape images) {
    first = firstStep;
    end = endStep;
    batchSize = imagesPerStep;
    shape = images;
    begun = System.nanoTime();
    lastLine = begun;
    if (stage != Stage.WHOLE) {
      out.println("stage " + Stages.name(stage) + ": " + images);
    }
    if (terminal) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("train")
              .setStyle(ProgressBarStyle.UNICODE_BLOCK)
              .setInitialMax(end)
              .startsFrom(first, Duration.ZERO)
              .setConsumer(new ConsoleProgressBarConsumer(out))
              .setUpdateIntervalMillis(250)
              .build();
    }
  }

  void begunFrom(Ancestor model) {
    out.println("begins with the weights of " + model.getVersion());
  }

  void step(long step, double nats) {
    double share = 1.0 / Math.min(SMOOTHING_STEPS, step - first);
    smoothed = Double.isNaN(smoothed) ? nats : smoothed + share * (nats - smoothed);
    if (bar != null) {
      // Short, so that a line of 80 characters holds it.
      bar.setExtraMessage(
          "%.0f img/s %.2f nats %.4f bits/dim"
              .formatted(rate(step), smoothed, shape.bitsPerDimension(smoothed)));
      bar.stepTo(step);
    } else if (Duration.ofNanos(System.nanoTime() - lastLine).compareTo(BETWEEN_LINES) >= 0) {
      lastLine = System.nanoTime();
      out.printf(
          "step %d of %d, %.0f images/s, %s, %s left%n",
          step, end, rate(step), likelihood(smoothed), clock(timeLeft(step)));
    }
  }

  void validated(long step, Likelihood measured) {
    String line =
        "step %d: validation %s ± %.2f"
            .formatted(
                step, likelihood(measured.getNatsPerImage()), measured.getStandardErrorNats());
    out.println(bar == null ? line : "\r\033[K" + line);
  }

  void interrupted(long step, Path runDirectory) {
    end();
    out.printf(
        "stopped after step %d and saved; go on with: pixelrnn train --run-dir %s --resume%n",
        step, runDirectory);
  }

  void end() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  private Duration timeLeft(long step) {
    return Duration.ofNanos(
        (long) ((System.nanoTime() - begun) / (double) (step - first) * (end - step)));
  }

  /** Images per second since the beginning. */
  private double rate(long step) {
    double seconds = (System.nanoTime() - begun) / 1e9;
    return (step - first) * batchSize / seconds;
  }

  private String likelihood(double nats) {
    return "%.2f nats, %.4f bits/dim".formatted(nats, shape.bitsPerDimension(nats));
  }

  private static String clock(Duration duration) {
    return "%d:%02d:%02d"
        .formatted(duration.toHours(), duration.toMinutesPart(), duration.toSecondsPart());
  }
}
