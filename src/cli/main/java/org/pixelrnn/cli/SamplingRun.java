package org.pixelrnn.cli;

import java.io.PrintWriter;
import java.util.Optional;
import org.pixelrnn.image.Images;
import org.pixelrnn.sampler.RowListener;
import org.pixelrnn.sampler.RowStream;
import org.pixelrnn.sampler.SampleRequest;
import org.pixelrnn.sampler.Sampler;
import org.pixelrnn.sampler.SmallImages;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The sampling of one command, piece after piece. It paints rows, prints progress and measures the
 * time. When images go to numbered files, Ctrl-C ends it after the row under way, and the files
 * that are written stay.
 */
final class SamplingRun implements AutoCloseable {
  /**
   * The most images in colour that are sampled in one call if nobody watches the rows. For few
   * images the call is several times faster, because it samples several rows of an image at once.
   * More images in colour take about as long row by row, can be stopped after each row, and show
   * progress. A piece of grey images takes only seconds in one call, and less memory.
   */
  private static final int FEW_IN_COLOUR = 8;

  private final Sampler sampler;
  private final SamplingFlags flags;
  private final long total;
  private final PrintWriter words;
  private final PrintWriter err;
  private final PrintWriter painted;
  private final boolean terminal;
  private final ImageProgress progress;
  private final Optional<ShutdownHook> hook;
  private volatile boolean stopped;
  private long sampled;
  private long written;
  private long nanos;
  private long firstRowNanos;

  /**
   * Begins.
   *
   * @param json true if standard output is for one JSON object only
   * @param total the number of images in the end
   */
  SamplingRun(CommandSpec spec, SamplingFlags flags, boolean json, Sampler sampler, long total) {
    this.sampler = sampler;
    this.flags = flags;
    this.total = total;
    boolean taken = PictureFile.isStandardOutput(flags.out);
    words = PictureFile.words(spec, flags.out);
    err = spec.commandLine().getErr();
    painted = json ? err : words;
    terminal = (json || taken) ? Terminal.isErr() : Terminal.isOut();
    progress = ImageProgress.of("sample", total);
    hook =
        flags.numbered().isPresent()
            ? Optional.of(new ShutdownHook(() -> stopped = true))
            : Optional.empty();
  }

  /** Where the command prints. It is not where the picture goes. */
  PrintWriter words() {
    return words;
  }

  /** Samples the small images of a piece. */
  Images sampleSmall(SmallImages scale, int count, long seed, boolean paint) {
    long began = System.nanoTime();
    Images small = scale.sample(count, seed, flags.temperature);
    nanos += System.nanoTime() - began;
    if (paint) {
      paint(small);
    }
    return small;
  }

  /** Paints complete images, if {@code --stream} was given. */
  void paint(Images images) {
    flags.paint(images, painted, terminal);
  }

  /**
   * Samples a piece: row by row if {@code --stream} was given or if there are many images in
   * colour, otherwise in one call.
   *
   * @param paint true to paint the rows, if {@code --stream} was given
   * @return empty if the user has stopped the command
   */
  Optional<Images> sample(SampleRequest request, boolean paint) {
    if (stopped) {
      return Optional.empty();
    }
    boolean inColour = sampler.shape().channels() > 1;
    if (flags.stream || (inColour && request.count() > FEW_IN_COLOUR)) {
      return sampleRows(request, paint);
    }
    long began = System.nanoTime();
    Images images = sampler.sample(request.withTemperature(flags.temperature));
    nanos += System.nanoTime() - began;
    sampled += request.count();
    if (request.count() < total) {
      progress.to((double) sampled);
    }
    return Optional.of(images);
  }

  private Optional<Images> sampleRows(SampleRequest request, boolean paint) {
    RowListener painter =
        paint
            ? flags.painter(sampler.shape(), request.count(), painted, terminal)
            : (row, levels) -> {};
    boolean quiet = paint && flags.stream;
    double perRow = (double) request.count() / sampler.shape().height();
    long began = System.nanoTime();
    try (RowStream rows = sampler.rows(request.withTemperature(flags.temperature))) {
      while (!stopped && rows.next()) {
        if (firstRowNanos == 0) {
          firstRowNanos = nanos + System.nanoTime() - began;
        }
        painter.row(rows.row(), rows.levels());
        // A bar and painted rows would mix. A request of one piece needs no bar.
        if (!quiet && request.count() < total) {
          progress.to(sampled + perRow * (rows.row() + 1));
        }
      }
      nanos += System.nanoTime() - began;
      if (stopped) {
        return Optional.empty();
      }
      sampled += request.count();
      return Optional.of(rows.images());
    }
  }

  /** Tells that some images are in their files. */
  void written(int count) {
    written += count;
    hook.ifPresent(ShutdownHook::saved);
  }

  /** The number of images: in files if they are numbered, otherwise in the picture. */
  long images() {
    return hook.isPresent() ? written : sampled;
  }

  /** Seconds that the sampling took, without writing files. */
  double seconds() {
    return nanos / 1e9;
  }

  /** Seconds until the first row was there, if {@code --stream} was given. */
  double firstRowSeconds() {
    return firstRowNanos / 1e9;
  }

  /** Removes the bar, and says so if the user has stopped the command. */
  void end() {
    progress.close();
    if (stopped) {
      err.println("stopped after " + written + " of " + total + " images");
      err.flush();
    }
  }

  @Override
  public void close() {
    progress.close();
    hook.ifPresent(ShutdownHook::close);
  }
}
