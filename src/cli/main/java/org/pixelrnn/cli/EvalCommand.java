package org.pixelrnn.cli;

import com.google.gson.Gson;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.pixelrnn.data.Datasets;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.Split;
import org.pixelrnn.evaluate.Evaluation;
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
  @Mixin private MeasuredImages measured;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      defaultValue = "TEST",
      description = "train, validation or test. Default: test.")
  private Split split;

  @Option(
      names = "--json",
      description =
          "Print one JSON object: images, nats_per_image, bits_per_dim, standard_error_nats; for"
              + " colour images bits_per_dim_per_channel; for an upper bound \"bound\": true.")
  private boolean json;

  @Override
  public Integer call() {
    long limit = measured.limit();
    try (Sampler sampler = Sampler.open(measured.model());
        ImageDataset images =
            Datasets.open(measured.data(), sampler.dataConfig(), sampler.shape())) {
      print(measure(Evaluation.of(sampler, images).split(split).limit(limit)));
    }
    return 0;
  }

  private static Likelihood measure(Evaluation evaluation) {
    try (ImageProgress progress = ImageProgress.of("eval", evaluation.count())) {
      return evaluation.listener((done, total) -> progress.to(done)).measure();
    }
  }

  private void print(Likelihood likelihood) {
    if (json) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("images", likelihood.getImages());
      object.put("nats_per_image", likelihood.getNatsPerImage());
      object.put("bits_per_dim", likelihood.getBitsPerDim());
      object.put("standard_error_nats", likelihood.getStandardErrorNats());
      if (likelihood.getBitsPerDimPerChannelCount() > 0) {
        object.put("bits_per_dim_per_channel", likelihood.getBitsPerDimPerChannelList());
      }
      if (likelihood.getBound()) {
        object.put("bound", true);
      }
      spec.commandLine().getOut().println(new Gson().toJson(object));
    } else {
      spec.commandLine()
          .getOut()
          .printf(
              Locale.ROOT,
              "%s%.2f ± %.2f nats per image, %.4f bits/dim%s (%d images)%n",
              likelihood.getBound() ? "upper bound of the negative log-likelihood: " : "",
              likelihood.getNatsPerImage(),
              likelihood.getStandardErrorNats(),
              likelihood.getBitsPerDim(),
              byChannel(likelihood),
              likelihood.getImages());
    }
  }

  private static String byChannel(Likelihood likelihood) {
    return likelihood.getBitsPerDimPerChannelCount() == 0
        ? ""
        : likelihood.getBitsPerDimPerChannelList().stream()
            .map(bits -> String.format(Locale.ROOT, "%.4f", bits))
            .collect(Collectors.joining(", ", ", by channel ", ""));
  }
}
