package org.pixelrnn.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/**
 * Prints how many images are sampled, and the time left. In a terminal this is a progress bar;
 * elsewhere it is a line every 20 seconds.
 */
final class SamplingProgress implements AutoCloseable {
  private final long images;
  private final PrintStream out;
  private final boolean terminal;
  private final long beganAt = System.nanoTime();
  private long lastLineAt = beganAt;
  private ProgressBar bar;

  /**
   * Prints nothing yet.
   *
   * @param images the number of images in the end
   * @param terminal true if the stream is a terminal
   */
  SamplingProgress(long images, PrintStream out, boolean terminal) {
    this.images = images;
    this.out = out;
    this.terminal = terminal;
  }

  /** Takes the number of images that are sampled by now. Half of an image may count. */
  void to(double sampled) {
    if (terminal) {
      if (bar == null) {
        bar =
            new ProgressBarBuilder()
                .setTaskName("sample")
                .setUnit(" images", 1)
                .setInitialMax(images)
                .setConsumer(new ConsoleProgressBarConsumer(out))
                .setUpdateIntervalMillis(250)
                .clearDisplayOnFinish()
                .build();
      }
      bar.stepTo((long) sampled);
      return;
    }
    long now = System.nanoTime();
    if (Duration.ofNanos(now - lastLineAt).compareTo(TerminalProgress.BETWEEN_LINES) >= 0) {
      lastLineAt = now;
      double perSecond = sampled / ((now - beganAt) / 1e9);
      out.println(
          String.format(
              Locale.ROOT,
              "%d of %d images, %.1f images/s, %s left",
              (long) sampled,
              images,
              perSecond,
              TerminalProgress.clock(
                  Duration.ofNanos((long) ((images - sampled) / perSecond * 1e9)))));
    }
  }

  /** Removes the bar. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
