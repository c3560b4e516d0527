package org.pixelrnn.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.NumberedPictures;
import org.pixelrnn.sampler.RowListener;
import picocli.CommandLine.Option;

/** The flags of every command that samples images. */
final class SamplingFlags {
  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description =
          "The seed of all random numbers. The same seed gives the same images. Default: 1.")
  long seed;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "1",
      description =
          "Divides the logits. Below 1, likely levels become likelier; at 0, the most likely level is"
              + " taken everywhere. Default: 1.")
  float temperature;

  @Option(
      names = "--out",
      paramLabel = "FILE.png",
      converter = SamplesFile.class,
      required = true,
      description =
          "Write one picture of all images to this file. 'DIR/%%05d.png' writes each image to a file"
              + " of its own, numbered from 0.")
  Path out;

  @Option(
      names = "--stream",
      description = "Paint each row in the terminal as soon as it is sampled.")
  boolean stream;

  /** The numbered files that {@code --out} asks for; empty if it asks for one picture. */
  Optional<NumberedPictures> numbered() {
    return NumberedPictures.of(out);
  }

  /**
   * Checks the value of a flag that counts something.
   *
   * @throws InputException if it is less than 1
   */
  static void requireAtLeastOne(String flag, int count) {
    if (count < 1) {
      throw new InputException(flag + " " + count + ": expected at least 1");
    }
  }

  /** Paints complete images, if {@code --stream} was given. */
  void paint(Images images, PrintWriter to, boolean terminal) {
    ImageShape shape = images.shape();
    RowListener painter = painter(shape, images.count(), to, terminal);
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

  /** Paints every row as it arrives; without {@code --stream} it does nothing. */
  RowListener painter(ImageShape shape, int count, PrintWriter to, boolean terminal) {
    if (!stream) {
      return (row, levels) -> {};
    }
    HalfBlocks blocks =
        new HalfBlocks(
            shape,
            count,
            Terminal.width(),
            terminal ? HalfBlocks.Ink.COLOUR : HalfBlocks.Ink.PLAIN,
            to);
    return (row, levels) -> {
      blocks.row(levels);
      to.flush();
    };
  }
}
