package org.pixelrnn.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --model DIR}, for the commands that use an exported model. */
final class ModelOption {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "An exported model: its folder (the highest version wins) or one version.")
  Path folder;
}
