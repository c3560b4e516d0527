package org.pixelrnn.cli;

import com.google.gson.Gson;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.pixelrnn.data.Datasets;
import org.pixelrnn.data.EvaluationImages;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.Split;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.DataConfig;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.proto.v1.Provenance;
import org.pixelrnn.sampler.Sampler;
import org.pixelrnn.train.Evaluator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pixelrnn eval}. */
@Command(
    name = "eval",
    description = {
      "Measure an exported model's exact negative log-likelihood of a data set.",
      "",
      "A multi-scale model that draws every pixel twice has none: what is measured is an upper bound."
    })
final class EvalCommand implements Callable<Integer> {
  private static final int BATCH = 100;

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
      description = "Only the first N images. Default: all.")
  private long limit;

  @Option(
      names = "--json",
      description =
          "Print one JSON object: images, nats_per_image, bits_per_dim, standard_error_nats; of a"
              + " model in colour bits_per_dim_per_channel; \"bound\": true if it is a bound.")
  private boolean json;

  @Override
  public Integer call() {
    if (limit < 0) {
      throw new InputException("--limit " + limit + ": expected at least 0 (which is all)");
    }
    NativeChatter.silence();
    try (Sampler sampler = Sampler.open(model.folder)) {
      // Crops are for training: the training images too are measured as they are.
      DataConfig config =
          sampler
              .provenance()
              .map(Provenance::getData)
              .orElse(DataConfig.getDefaultInstance())
              .toBuilder()
              .clearRandomCrop()
              .build();
      try (ImageDataset images = Datasets.open(data, config, sampler.shape())) {
        EvaluationImages batches =
            DataSpec.required(
                new EvaluationImages(images, split, sampler.shape(), config, BATCH, limit),
                data,
                split);
        report(measure(sampler, batches));
      }
    }
    return 0;
  }

  private static Likelihood measure(Sampler sampler, EvaluationImages batches) {
    Iterable<Images> watched = Terminal.isErr() ? watched(batches) : batches;
    // A bound is not a sum over logits, which the channels could share.
    boolean bound = isBound(sampler);
    return sampler.shape().channels() == 1 || bound
        ? Evaluator.evaluate(sampler::logProb, sampler.shape(), watched).toBuilder()
            .setBound(bound)
            .build()
        : Evaluator.evaluateByChannel(sampler::logProbByChannel, sampler.shape(), watched);
  }

  private static boolean isBound(Sampler sampler) {
    return sampler
        .provenance()
        .map(origin -> origin.getModel().getMultiScale().getDrawEveryPixel())
        .orElse(false);
  }

  private static Iterable<Images> watched(EvaluationImages batches) {
    ProgressBarBuilder bar =
        new ProgressBarBuilder()
            .setTaskName("eval")
            .setInitialMax(batches.batches())
            .setUnit(" batches of " + BATCH, 1)
            .clearDisplayOnFinish();
    return () -> ProgressBar.wrap(batches.iterator(), bar);
  }

  private void report(Likelihood measured) {
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
            .map(bits -> String.format("%.4f", bits))
            .collect(Collectors.joining(", ", ", by channel ", ""));
  }
}
