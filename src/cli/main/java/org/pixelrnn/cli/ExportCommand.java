package org.pixelrnn.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.pixelrnn.export.SavedModelExport;
import org.pixelrnn.train.RunDirectory;
import org.pixelrnn.train.TrainedModel;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pixelrnn export}. */
@Command(
    name = "export",
    description = {
      "Write a run's best weights as the next version of a SavedModel.",
      "",
      "With --model, write an earlier export anew: the same weights, in the graph that this version"
          + " of pixelrnn builds."
    })
final class ExportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  private Source source;

  static final class Source {
    @Option(
        names = "--run-dir",
        paramLabel = "DIR",
        description =
            "Export this run: the moving averages of the weights, from the checkpoint with the best"
                + " validation.")
    private Path runDirectory;

    @Option(
        names = "--model",
        paramLabel = "DIR",
        description =
            "Export this model again: its folder, for the highest version, or the folder of one"
                + " version.")
    private Path model;
  }

  @Option(
      names = "--to",
      paramLabel = "DIR",
      required = true,
      description =
          "The folder of the model, for instance savedmodels/NAME. The export is its next version.")
  private Path to;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (source.model != null) {
      out.println(SavedModelExport.again(source.model, to));
      return 0;
    }
    RunDirectory directory = RunDirectory.open(source.runDirectory);
    try (TrainedModel trained = TrainedModel.open(directory)) {
      Path version = trained.export(to);
      out.printf(Locale.ROOT, "step %d: %s%n", trained.provenance().getSteps(), version);
    }
    return 0;
  }
}
