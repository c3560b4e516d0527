package org.pixelrnn.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The flag {@code --model DIR} of every command that uses an exported model. */
final class ModelOption {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description =
          "An exported model: its folder, for the highest version, or the folder of one version.")
  Path folder;
}
