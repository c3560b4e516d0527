package org.pixelrnn.cli;

import java.io.IOException;
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
      converter = PictureFile.class,
      required = true,
      description = "Write the picture to this file.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    Map<String, LearningCurvesPlot.Curve> curves = new LinkedHashMap<>();
    for (Map.Entry<String, RunDirectory> named : named(runDirectories).entrySet()) {
      RunDirectory run = named.getValue();
      for (Stage stage : run.stages()) {
        LearningCurve curve = LearningCurve.of(run.stage(stage));
        curves.put(
            stage == Stage.WHOLE
                ? named.getKey()
                : named.getKey() + ", " + TerminalProgress.name(stage),
            new LearningCurvesPlot.Curve(curve.training(), curve.validation()));
      }
    }
    ImageFile.write(LearningCurvesPlot.of(curves), out);
    PictureFile.words(spec, out).println(out);
    return 0;
  }

  /**
   * Opens runs and names them: by their folders, or by the paths that were given if two folders
   * have the same name. A folder that is given in two ways is one run.
   *
   * @throws org.pixelrnn.image.InputException if a folder has no run
   */
  static Map<String, RunDirectory> named(List<Path> directories) throws IOException {
    Map<Path, RunDirectory> runs = new LinkedHashMap<>();
    for (Path directory : directories) {
      RunDirectory run = RunDirectory.open(directory);
      runs.putIfAbsent(directory.toRealPath(), run);
    }
    Map<String, RunDirectory> named = new LinkedHashMap<>();
    for (RunDirectory run : runs.values()) {
      long sameName = runs.values().stream().filter(r -> last(r).equals(last(run))).count();
      named.put(sameName > 1 ? run.path().toString() : last(run), run);
    }
    return named;
  }

  private static String last(RunDirectory run) {
    Path folder = run.path().toAbsolutePath().normalize();
    return folder.getFileName() == null ? folder.toString() : folder.getFileName().toString();
  }
}
