package org.pixelrnn.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/**
 * Prints how many images are sampled or measured, and the time left. In a terminal this is a
 * progress bar; elsewhere it is a line every 20 seconds.
 */
final class ImageProgress implements AutoCloseable {
  private final String task;
  private final long images;
  private final PrintStream out;
  private final boolean terminal;
  private final long beganAt = System.nanoTime();
  private long lastLineAt = beganAt;
  private ProgressBar bar;

  private ImageProgress(String task, long images, PrintStream out, boolean terminal) {
    this.task = task;
    this.images = images;
    this.out = out;
    this.terminal = terminal;
  }

  /**
   * Progress on standard error. Nothing is printed yet.
   *
   * @param task the first words of the bar
   * @param images the number of images in the end
   */
  static ImageProgress of(String task, long images) {
    return new ImageProgress(task, images, System.err, Terminal.isErr());
  }

  /** Takes the number of images that are done by now. Half of an image may count. */
  void to(double done) {
    if (terminal) {
      if (bar == null) {
        bar =
            new ProgressBarBuilder()
                .setTaskName(task)
                .setUnit(" images", 1)
                .setInitialMax(images)
                .setConsumer(new ConsoleProgressBarConsumer(out))
                .setUpdateIntervalMillis(250)
                .clearDisplayOnFinish()
                .build();
      }
      bar.stepTo((long) done);
      return;
    }
    long now = System.nanoTime();
    if (Duration.ofNanos(now - lastLineAt).compareTo(TerminalProgress.BETWEEN_LINES) >= 0) {
      lastLineAt = now;
      double perSecond = done / ((now - beganAt) / 1e9);
      out.println(
          String.format(
              Locale.ROOT,
              "%d of %d images, %.1f images/s, %s left",
              (long) done,
              images,
              perSecond,
              TerminalProgress.clock(
                  Duration.ofNanos((long) ((images - done) / perSecond * 1e9)))));
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
