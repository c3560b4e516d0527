package org.pixelrnn.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.train.Training;
import org.pixelrnn.train.TrainingEvent;
import org.pixelrnn.train.TrainingListener;

/**
 * Prints the progress of training: step, images per second, nats, bits per dimension, time left. In
 * a terminal this is a progress bar; elsewhere it is a line every 20 seconds.
 */
final class TerminalProgress implements TrainingListener {
  static final Duration BETWEEN_LINES = Duration.ofSeconds(20);

  /** The printed loss is a moving average over about this many steps. */
  private static final int SMOOTHING_STEPS = 50;

  /** Runs that take as long get a warning. */
  private static final Duration WARNED_OF = Duration.ofDays(1);

  private static final int STEPS_BEFORE_WARNING = 4;

  private static final String BEGINNING_OF_A_CLEARED_LINE = "\r\033[K";

  private final PrintStream out;
  private final boolean terminal;
  private ProgressBar bar;
  private TrainingEvent.Began began;
  private long beganAt;
  private long lastLineAt;
  private long firstStepAt;
  private double smoothed;

  /**
   * Prints to a stream, usually standard error.
   *
   * @param terminal true if the stream is a terminal
   */
  TerminalProgress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  @Override
  public void began(Training training, TrainingEvent.Began event) {
    began = event;
    beganAt = System.nanoTime();
    lastLineAt = beganAt;
    smoothed = Double.NaN;
    event
        .startingModel()
        .ifPresent(model -> print("training begins with the weights of %s", model));
    if (event.stage() != Stage.WHOLE) {
      print("stage %s: %s", name(event.stage()), event.shape());
    }
    if (terminal) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("train")
              .setStyle(ProgressBarStyle.UNICODE_BLOCK)
              .setInitialMax(event.lastStep())
              .startsFrom(event.firstStep(), Duration.ZERO)
              .setConsumer(new ConsoleProgressBarConsumer(out))
              .setUpdateIntervalMillis(250)
              .build();
    }
  }

  /** The name of a stage as users write it: {@code small} or {@code full}. */
  static String name(Stage stage) {
    return stage.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void stepTaken(TrainingEvent.StepTaken event) {
    warnOfDays(event.step());
    double share = 1.0 / Math.min(SMOOTHING_STEPS, event.step() - began.firstStep());
    smoothed = Double.isNaN(smoothed) ? event.nats() : smoothed + share * (event.nats() - smoothed);
    if (bar != null) {
      // Short, because the bar and this text share a line of 80 characters. What matters least is
      // last, because the line is cut.
      bar.setExtraMessage(
          String.format(
              Locale.ROOT,
              "%.0f img/s %s %.4f bits/dim",
              event.imagesPerSecond(),
              event
                  .slowest()
                  .map(worker -> "slowest: " + worker.number())
                  .orElseGet(() -> String.format(Locale.ROOT, "%.2f nats", smoothed)),
              shape().bitsPerDimension(smoothed)));
      bar.stepTo(event.step());
    } else if (isTimeForALine()) {
      print(
          "step %d of %d, %.0f images/s, %s, %s left%s",
          event.step(),
          began.lastStep(),
          event.imagesPerSecond(),
          likelihood(smoothed),
          clock(timeLeft(event.step())),
          event.slowest().map(TerminalProgress::slowest).orElse(""));
    }
  }

  @Override
  public void validating(TrainingEvent.Validating event) {
    if (bar != null) {
      bar.setExtraMessage(
          String.format(Locale.ROOT, "validation %d/%d", event.done(), event.total()));
      bar.refresh();
    } else if (isTimeForALine()) {
      print("step %d: validated %d of %d images", event.step(), event.done(), event.total());
    }
  }

  @Override
  public void validated(TrainingEvent.Validated event) {
    Likelihood measured = event.likelihood();
    print(
        "%sstep %d: validation %s ± %.2f",
        bar == null ? "" : BEGINNING_OF_A_CLEARED_LINE,
        event.step(),
        likelihood(measured.getNatsPerImage()),
        measured.getStandardErrorNats());
  }

  @Override
  public void ended(TrainingEvent.Ended event) {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  /** True if the last line was long ago. The next one is then due after this one. */
  private boolean isTimeForALine() {
    long now = System.nanoTime();
    if (Duration.ofNanos(now - lastLineAt).compareTo(BETWEEN_LINES) < 0) {
      return false;
    }
    lastLineAt = now;
    return true;
  }

  /**
   * Warns of a run that takes days. The first step does not count, because TensorFlow optimizes the
   * graph in it.
   */
  private void warnOfDays(long step) {
    long taken = step - began.firstStep();
    if (taken == 1) {
      firstStepAt = System.nanoTime();
    } else if (taken == STEPS_BEFORE_WARNING) {
      double secondsPerStep = (System.nanoTime() - firstStepAt) / 1e9 / (taken - 1);
      double seconds = secondsPerStep * (began.lastStep() - began.firstStep());
      if (seconds >= WARNED_OF.toSeconds()) {
        print(
            "%sthis run takes about %s on this machine, validations not counted; its preset or"
                + " configuration may be meant for a GPU, and a smaller network or --max-steps"
                + " takes less",
            bar == null ? "" : BEGINNING_OF_A_CLEARED_LINE, RoughTime.of(seconds));
      }
    }
  }

  private static String slowest(TrainingEvent.SlowestWorker worker) {
    return String.format(Locale.ROOT, "; slowest: %s, %.2f s", worker.name(), worker.seconds());
  }

  private void print(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }

  private ImageShape shape() {
    return began.shape();
  }

  private Duration timeLeft(long step) {
    double nanosPerStep = (System.nanoTime() - beganAt) / (double) (step - began.firstStep());
    return Duration.ofNanos((long) (nanosPerStep * (began.lastStep() - step)));
  }

  private String likelihood(double nats) {
    return String.format(
        Locale.ROOT, "%.2f nats, %.4f bits/dim", nats, shape().bitsPerDimension(nats));
  }

  /** A duration as {@code 1:23:45}. */
  static String clock(Duration duration) {
    return String.format(
        Locale.ROOT,
        "%d:%02d:%02d",
        duration.toHours(),
        duration.toMinutesPart(),
        duration.toSecondsPart());
  }
}
