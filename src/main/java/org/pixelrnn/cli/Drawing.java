package org.pixelrnn.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.pixelrnn.image.HalfBlocks;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.sampler.RowListener;
import picocli.CommandLine.Option;

/** What all commands that draw images are told. */
final class Drawing {
  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Of all random numbers: the same seed gives the same images. Default: 1.")
  long seed;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "1",
      description =
          "Divides the logits: below 1 likelier images, 0 the likeliest levels. Default: 1.")
  float temperature;

  @Option(
      names = "--out",
      paramLabel = "FILE.png",
      required = true,
      description = "Where the picture goes.")
  Path out;

  @Option(names = "--stream", description = "Paint the rows in the terminal as they are drawn.")
  boolean stream;

  /** Refuses less than one of what an option counts. */
  static void atLeastOne(String option, int count) {
    if (count < 1) {
      throw new InputException(option + " " + count + ": expected at least 1");
    }
  }

  /** Paints images that are there already. */
  void paint(Images images, PrintWriter to, boolean terminal) {
    ImageShape shape = images.shape();
    RowListener painter = listener(shape, images.count(), to, terminal);
    int size = shape.width() * shape.channels();
    for (int row = 0; row < shape.height(); row++) {
      byte[] levels = new byte[images.count() * size];
      for (int i = 0; i < images.count(); i++) {
        System.arraycopy(
            images.levels(), (i * shape.height() + row) * size, levels, i * size, size);
      }
      painter.row(row, levels);
    }
  }

  /** What is done with each row as it comes: it is painted, or nothing. */
  RowListener listener(ImageShape shape, int count, PrintWriter to, boolean terminal) {
    if (!stream) {
      return (row, levels) -> {};
    }
    HalfBlocks painter =
        new HalfBlocks(
            shape,
            count,
            Terminal.width(),
            terminal ? HalfBlocks.Ink.COLOUR : HalfBlocks.Ink.PLAIN,
            to);
    return (row, levels) -> {
      painter.row(levels);
      to.flush();
    };
  }
}
