package org.pixelrnn.cli;

import java.nio.file.Path;
import org.pixelrnn.image.InputException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags of every command that measures likelihoods: a model, and images for it. */
final class MeasuredImages {
  @Mixin private ModelOption model;

  @Option(
      names = "--data",
      paramLabel = "SPEC",
      required = true,
      description = DataSpec.DESCRIPTION)
  private String data;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "0",
      description = "Measure only the first N images. Default: all.")
  private long limit;

  /** The folder of the model. */
  Path model() {
    return model.folder;
  }

  /** The value of {@code --data}, for instance {@code folder:scans}. */
  String data() {
    return data;
  }

  /**
   * The number of images to measure; 0 for all.
   *
   * @throws InputException if it is negative
   */
  long limit() {
    if (limit < 0) {
      throw new InputException("--limit " + limit + ": expected at least 0 (all images)");
    }
    return limit;
  }
}
