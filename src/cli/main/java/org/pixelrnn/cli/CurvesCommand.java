package org.pixelrnn.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.plot.LearningCurvesPlot;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.train.LearningCurve;
import org.pixelrnn.train.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pixelrnn curves}. */
@Command(name = "curves", description = "Plot the learning curves of one or more runs.")
final class CurvesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      required = true,
      description = "The folder of a run. Repeat it to compare runs.")
  private List<Path> runDirectories;

  @Option(
      names = "--out",
      paramLabel = "FILE.png",
      required = true,
      description = "Write the picture to this file.")
  private Path out;

  @Override
  public Integer call() {
    Map<String, LearningCurvesPlot.Curve> curves = new LinkedHashMap<>();
    for (Path directory : runDirectories) {
      RunDirectory run = RunDirectory.open(directory);
      for (Stage stage : run.stages()) {
        LearningCurve curve = LearningCurve.of(run.stage(stage));
        curves.put(
            name(directory, stage),
            new LearningCurvesPlot.Curve(curve.training(), curve.validation()));
      }
    }
    ImageFile.write(LearningCurvesPlot.of(curves), out);
    spec.commandLine().getOut().println(out);
    return 0;
  }

  /** The name of the run's folder, or the whole path if two folders have the same name. */
  private String name(Path directory, Stage stage) {
    long sameName = runDirectories.stream().filter(d -> last(d).equals(last(directory))).count();
    String folder = sameName > 1 ? directory.toString() : last(directory);
    return stage == Stage.WHOLE ? folder : folder + ", " + TerminalProgress.name(stage);
  }

  private static String last(Path directory) {
    return directory.toAbsolutePath().normalize().getFileName().toString();
  }
}
