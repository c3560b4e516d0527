package org.pixelrnn.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.train.LearningCurvesChart;
import org.pixelrnn.train.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pixelrnn curves}. */
@Command(name = "curves", description = "Draw the learning curves of one or more runs.")
final class CurvesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      required = true,
      description = "What pixelrnn train was given; may be repeated.")
  private List<Path> runDirectories;

  @Option(names = "--out", paramLabel = "FILE.png", required = true, description = "The picture.")
  private Path out;

  @Override
  public Integer call() {
    ImageFile.write(
        LearningCurvesChart.of(runDirectories.stream().map(RunDirectory::open).toList()), out);
    spec.commandLine().getOut().println(out);
    return 0;
  }
}
