package org.pixelrnn.cli;

import com.google.gson.Gson;
import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.SampleGrid;
import org.pixelrnn.sampler.RowListener;
import org.pixelrnn.sampler.Sampler;
import org.pixelrnn.sampler.SmallImages;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pixelrnn sample}. */
@Command(
    name = "sample",
    description = {
      "Sample new images from an exported model.",
      "",
      "A multi-scale model samples a small image first. The picture shows it beside the large one."
    })
final class SampleCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;
  @Mixin private SamplingFlags sampling;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "16",
      description = "Sample N images. Default: 16.")
  private int count;

  @Option(
      names = "--json",
      description = "Print one JSON object: count, seconds, first_row_seconds.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    SamplingFlags.requireAtLeastOne("--count", count);
    NativeChatter.silence();
    try (Sampler sampler = Sampler.open(model.folder)) {
      PrintWriter painted = json ? err : out;
      boolean terminal = json ? Terminal.isErr() : Terminal.isOut();
      RowListener painter = sampling.painter(sampler.shape(), count, painted, terminal);
      AtomicLong firstRow = new AtomicLong();
      long began = System.nanoTime();
      RowListener listener =
          (row, levels) -> {
            firstRow.compareAndSet(0, System.nanoTime() - began);
            painter.row(row, levels);
          };
      BufferedImage grid;
      double seconds;
      if (sampler.small().isPresent()) {
        SmallImages scale = sampler.small().get();
        Images small = scale.sample(count, sampling.seed, sampling.temperature);
        sampling.paint(small, painted, terminal);
        Images images = scale.upscale(small, sampling.seed, sampling.temperature, listener);
        seconds = (System.nanoTime() - began) / 1e9;
        grid = SampleGrid.scales(small, images);
      } else {
        Images images = sampler.sample(count, sampling.seed, sampling.temperature, listener);
        seconds = (System.nanoTime() - began) / 1e9;
        grid = SampleGrid.of(images);
      }
      ImageFile.write(grid, sampling.out);
      if (json) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("count", count);
        report.put("seconds", seconds);
        report.put("first_row_seconds", firstRow.get() / 1e9);
        out.println(new Gson().toJson(report));
      } else {
        out.printf(Locale.ROOT, "%d images in %.2f s: %s%n", count, seconds, sampling.out);
      }
    }
    return 0;
  }
}
