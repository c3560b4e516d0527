package org.pixelrnn.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.pixelrnn.export.SavedModelExport;
import org.pixelrnn.train.RunDirectory;
import org.pixelrnn.train.TrainedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pixelrnn export}. */
@Command(
    name = "export",
    description = "Write a run's best averaged weights as the next version of a SavedModel.")
final class ExportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      required = true,
      description = "What pixelrnn train was given.")
  private Path runDirectory;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      required = true,
      description = "The model's folder, e.g. savedmodels/NAME; versions are numbered inside it.")
  private Path to;

  @Override
  public Integer call() throws IOException {
    RunDirectory directory = RunDirectory.open(runDirectory);
    NativeChatter.silence();
    try (TrainedModel trained = TrainedModel.open(directory, PixelRnn.version())) {
      Path version =
          SavedModelExport.write(to, trained.model(), trained::value, trained.provenance());
      spec.commandLine().getOut().printf("step %d: %s%n", trained.provenance().getSteps(), version);
    }
    return 0;
  }
}
