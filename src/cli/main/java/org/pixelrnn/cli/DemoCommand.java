package org.pixelrnn.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.pixelrnn.data.Datasets;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.evaluate.Baseline;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.train.Presets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code pixelrnn demo}: trains a small network, exports it and samples from it, in a few minutes.
 * It runs the commands that a user would type, and shows each of them.
 */
@Command(
    name = "demo",
    description = "Train a small network on embedded pictures, export it, and sample from it.")
final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      description =
          "Write everything to this folder. Default: the first new folder of runs/demo-1,"
              + " runs/demo-2, ...")
  private Path runDirectory;

  @Option(
      names = "--architecture",
      paramLabel = "NAME",
      defaultValue = "pixelcnn",
      description =
          "pixelcnn, row-lstm, diagonal-bilstm, or multi-scale (in colour). Default: pixelcnn.")
  private String architecture;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Path folder = runDirectory == null ? firstNewFolder() : runDirectory;
    String data = architecture.equals("multi-scale") ? "strokes-rgb" : "strokes";
    String preset = data + "-" + architecture;
    RunConfig config = Presets.load(preset);
    Path model = folder.resolve("model");
    Path samples = folder.resolve("samples.png");
    Path completions = folder.resolve("completions.png");
    List<List<String>> commands =
        List.of(
            List.of("train", "--preset", preset, "--data", data, "--run-dir", folder.toString()),
            List.of("export", "--run-dir", folder.toString(), "--to", model.toString()),
            List.of("eval", "--model", model.toString(), "--data", data),
            List.of(
                "sample",
                "--model",
                model.toString(),
                "--count",
                "36",
                "--seed",
                "1",
                "--out",
                samples.toString(),
                "--stream"),
            List.of(
                "complete",
                "--model",
                model.toString(),
                "--data",
                data,
                "--count",
                "8",
                "--occlude",
                "bottom:0.5",
                "--seed",
                "1",
                "--out",
                completions.toString()));
    for (List<String> command : commands) {
      out.println();
      out.println("$ pixelrnn " + String.join(" ", command));
      out.flush();
      int status = spec.parent().commandLine().execute(command.toArray(String[]::new));
      // Nobody waits for the next command if the output of this one was lost.
      if (status != 0 || out.checkError()) {
        return status;
      }
      if (command.get(0).equals("eval")) {
        out.printf(
            Locale.ROOT,
            "baseline: %.2f nats per image if all %s were independent%n",
            baseline(config, data),
            data.equals("strokes") ? "pixels" : "sub-pixels");
      }
    }
    out.println();
    out.println("Samples: " + samples);
    out.println("Completions (the visible part, four completions, the original): " + completions);
    out.println("Learning curves: tensorboard --logdir " + folder);
    out.println(
        "Watch images appear: pixelrnn serve --model "
            + model
            + ", then open http://127.0.0.1:8500/ in a browser");
    out.println(
        "Next: pixelrnn train --preset mnist-pixelcnn --data mnist:DIR --run-dir runs/mnist");
    return 0;
  }

  private static Path firstNewFolder() {
    return IntStream.iterate(1, i -> i + 1)
        .mapToObj(i -> Path.of("runs", "demo-" + i))
        .filter(Files::notExists)
        .findFirst()
        .orElseThrow();
  }

  private static double baseline(RunConfig config, String data) {
    ImageShape shape = ImageShape.of(config.getModel());
    try (ImageDataset images = Datasets.open(data, config.getData(), shape)) {
      return Baseline.independentPixels(config, images);
    }
  }
}
