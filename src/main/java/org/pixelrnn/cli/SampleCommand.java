package org.pixelrnn.cli;

import com.google.gson.Gson;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.SampleGrid;
import org.pixelrnn.sampler.RowListener;
import org.pixelrnn.sampler.Sampler;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pixelrnn sample}. */
@Command(name = "sample", description = "Draw new images from an exported model.")
final class SampleCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;
  @Mixin private Drawing drawing;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "16",
      description = "How many images. Default: 16.")
  private int count;

  @Option(
      names = "--json",
      description = "Print one JSON object: count, seconds, first_row_seconds.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Drawing.atLeastOne("--count", count);
    NativeChatter.silence();
    try (Sampler sampler = Sampler.open(model.folder)) {
      RowListener painter =
          drawing.listener(
              sampler.shape(), count, json ? err : out, json ? Terminal.isErr() : Terminal.isOut());
      AtomicLong firstRow = new AtomicLong();
      long begun = System.nanoTime();
      Images images =
          sampler.sample(
              count,
              drawing.seed,
              drawing.temperature,
              (row, levels) -> {
                firstRow.compareAndSet(0, System.nanoTime() - begun);
                painter.row(row, levels);
              });
      double seconds = (System.nanoTime() - begun) / 1e9;
      ImageFile.write(SampleGrid.of(images), drawing.out);
      if (json) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("count", count);
        report.put("seconds", seconds);
        report.put("first_row_seconds", firstRow.get() / 1e9);
        out.println(new Gson().toJson(report));
      } else {
        out.printf("%d images in %.2f s: %s%n", count, seconds, drawing.out);
      }
    }
    return 0;
  }
}
