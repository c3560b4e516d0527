package org.pixelrnn.cli;

import com.google.gson.Gson;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.NumberedPictures;
import org.pixelrnn.image.SampleGrid;
import org.pixelrnn.sampler.SamplePiece;
import org.pixelrnn.sampler.SampleRequest;
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
          + " Numbered files have the large one only."
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
      description = "Print one JSON object: count, seconds; first_row_seconds with --stream.")
  private boolean json;

  @Override
  public Integer call() {
    SamplingFlags.requireAtLeastOne("--count", count);
    PictureFile.checkJson(json, sampling.out);
    try (Sampler sampler = Sampler.open(model.folder);
        SamplingRun run = new SamplingRun(spec, sampling, json, sampler, count)) {
      sampleAll(sampler, run);
      if (run.images() > 0) {
        report(run);
      }
    }
    return 0;
  }

  private void sampleAll(Sampler sampler, SamplingRun run) {
    ImageShape shape = sampler.shape();
    Optional<SmallImages> scale = sampler.small();
    Optional<NumberedPictures> files = sampling.numbered();
    // One picture is refused here if it is too large, before anything is sampled.
    SampleGrid grid =
        files.isPresent()
            ? null
            : scale.isPresent()
                ? SampleGrid.ofPairs(shape, count)
                : SampleGrid.ofSamples(shape, count);
    for (SamplePiece piece : SamplePiece.of(shape, count)) {
      boolean first = piece.number() == 0;
      long seed = piece.seed(sampling.seed);
      Optional<Images> small =
          scale.map(smallImages -> run.sampleSmall(smallImages, piece.count(), seed, first));
      Optional<Images> images =
          run.sample(
              small
                  .map(s -> SampleRequest.upscaling(s, seed))
                  .orElseGet(() -> SampleRequest.of(piece.count(), seed)),
              first);
      if (images.isEmpty()) {
        break;
      }
      if (files.isPresent()) {
        files.get().write(images.get(), piece.from(), 1);
        run.written(piece.count());
      } else if (small.isPresent()) {
        grid.paint(small.get(), 2 * piece.from(), 2);
        grid.paint(images.get(), 2 * piece.from() + 1, 2);
      } else {
        grid.paint(images.get(), piece.from(), 1);
      }
    }
    run.end();
    if (grid != null) {
      ImageFile.write(grid.picture(), sampling.out);
    }
  }

  private void report(SamplingRun run) {
    if (json) {
      Map<String, Object> report = new LinkedHashMap<>();
      report.put("count", run.images());
      report.put("seconds", run.seconds());
      if (sampling.stream) {
        report.put("first_row_seconds", run.firstRowSeconds());
      }
      run.words().println(new Gson().toJson(report));
    } else {
      run.words()
          .printf(
              Locale.ROOT, "%d images in %.2f s: %s%n", run.images(), run.seconds(), sampling.out);
    }
  }
}
