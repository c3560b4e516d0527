package org.pixelrnn.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.pixelrnn.data.Batches;
import org.pixelrnn.data.Datasets;
import org.pixelrnn.data.EvaluationImages;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.PixelBernoulli;
import org.pixelrnn.data.Split;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.train.Presets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code pixelrnn demo}: from nothing to samples in a few minutes, by the commands that a person
 * would give, each of which is shown.
 */
@Command(
    name = "demo",
    description = "Train a small network on embedded pictures, export it, and draw with it.")
final class DemoCommand implements Callable<Integer> {
  private static final int BASELINE_IMAGES = 10_000;

  @Spec private CommandSpec spec;

  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      description =
          "Where everything goes. Default: the first free one of runs/demo-1, runs/demo-2, …")
  private Path runDirectory;

  @Option(
      names = "--architecture",
      paramLabel = "NAME",
      defaultValue = "pixelcnn",
      description =
          "pixelcnn, row-lstm, diagonal-bilstm, or multi-scale, in colour. Default: pixelcnn.")
  private String architecture;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Path folder = runDirectory == null ? firstFree() : runDirectory;
    String data = architecture.equals("multi-scale") ? "strokes-rgb" : "strokes";
    String preset = data + "-" + architecture;
    Presets.load(preset);
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
      if (status != 0) {
        return status;
      }
      if (command.get(0).equals("eval")) {
        out.printf(
            "%.2f nats per image if every %s%n",
            baseline(Presets.load(preset), data),
            data.equals("strokes")
                ? "pixel were independent (a Bernoulli variable each)"
                : "sub-pixel were independent");
      }
    }
    out.println();
    out.println("Samples: " + samples);
    out.println("Occluded, completed, original: " + completions);
    out.println("Curves: tensorboard --logdir " + folder);
    out.println(
        "Next: pixelrnn train --preset mnist-pixelcnn --data mnist:DIR --run-dir runs/mnist");
    return 0;
  }

  private static Path firstFree() {
    return IntStream.iterate(1, i -> i + 1)
        .mapToObj(i -> Path.of("runs", "demo-" + i))
        .filter(Files::notExists)
        .findFirst()
        .orElseThrow();
  }

  /** The mean negative log-likelihood of the same test images under independent pixels. */
  private static double baseline(RunConfig config, String data) {
    ImageShape shape = ImageShape.of(config.getModel());
    try (ImageDataset images = Datasets.open(data, config.getData(), shape)) {
      Images training =
          new Batches(
                  images, shape, config.getData(), BASELINE_IMAGES, config.getTraining().getSeed())
              .batch(0);
      return PixelBernoulli.fit(shape, List.of(training))
          .nats(new EvaluationImages(images, Split.TEST, shape, config.getData(), 100, 0));
    }
  }
}
