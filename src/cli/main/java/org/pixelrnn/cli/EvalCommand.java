package org.pixelrnn.cli;

import com.google.gson.Gson;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.pixelrnn.data.Datasets;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.Split;
import org.pixelrnn.evaluate.Evaluation;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.sampler.Sampler;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pixelrnn eval}. */
@Command(
    name = "eval",
    description = {
      "Measure the exact negative log-likelihood of a data set under an exported model.",
      "",
      "A multi-scale model that samples every pixel twice (draw_every_pixel) has no exact likelihood."
          + " For such a model this measures an upper bound."
    })
final class EvalCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;

  @Option(
      names = "--data",
      paramLabel = "SPEC",
      required = true,
      description = DataSpec.DESCRIPTION)
  private String data;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      defaultValue = "TEST",
      description = "train, validation or test. Default: test.")
  private Split split;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "0",
      description = "Measure only the first N images. Default: all.")
  private long limit;

  @Option(
      names = "--json",
      description =
          "Print one JSON object: images, nats_per_image, bits_per_dim, standard_error_nats; for"
              + " colour images bits_per_dim_per_channel; for an upper bound \"bound\": true.")
  private boolean json;

  @Override
  public Integer call() {
    if (limit < 0) {
      throw new InputException("--limit " + limit + ": expected at least 0 (all images)");
    }
    NativeChatter.silence();
    try (Sampler sampler = Sampler.open(model.folder);
        ImageDataset images = Datasets.open(data, sampler.dataConfig(), sampler.shape())) {
      Evaluation evaluation = Evaluation.of(sampler, images).split(split).limit(limit);
      print(Terminal.isErr() ? measureWithBar(evaluation) : evaluation.measure());
    }
    return 0;
  }

  private static Likelihood measureWithBar(Evaluation evaluation) {
    try (ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName("eval")
            .setUnit(" images", 1)
            .clearDisplayOnFinish()
            .build()) {
      return evaluation.listener((done, total) -> bar.maxHint(total).stepTo(done)).measure();
    }
  }

  private void print(Likelihood measured) {
    if (json) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("images", measured.getImages());
      object.put("nats_per_image", measured.getNatsPerImage());
      object.put("bits_per_dim", measured.getBitsPerDim());
      object.put("standard_error_nats", measured.getStandardErrorNats());
      if (measured.getBitsPerDimPerChannelCount() > 0) {
        object.put("bits_per_dim_per_channel", measured.getBitsPerDimPerChannelList());
      }
      if (measured.getBound()) {
        object.put("bound", true);
      }
      spec.commandLine().getOut().println(new Gson().toJson(object));
    } else {
      spec.commandLine()
          .getOut()
          .printf(
              Locale.ROOT,
              "%s%.2f ± %.2f nats per image, %.4f bits/dim%s (%d images)%n",
              measured.getBound() ? "upper bound of the negative log-likelihood: " : "",
              measured.getNatsPerImage(),
              measured.getStandardErrorNats(),
              measured.getBitsPerDim(),
              byChannel(measured),
              measured.getImages());
    }
  }

  private static String byChannel(Likelihood measured) {
    return measured.getBitsPerDimPerChannelCount() == 0
        ? ""
        : measured.getBitsPerDimPerChannelList().stream()
            .map(bits -> String.format(Locale.ROOT, "%.4f", bits))
            .collect(Collectors.joining(", ", ", by channel ", ""));
  }
}
