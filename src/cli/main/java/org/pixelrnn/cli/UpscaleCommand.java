package org.pixelrnn.cli;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
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

/** {@code pixelrnn upscale}. */
@Command(
    name = "upscale",
    description = {
      "Shrink a picture to a multi-scale model's small image, and sample large images from it.",
      "",
      "The picture that is written shows the small image first. Numbered files do not have it."
    })
final class UpscaleCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;
  @Mixin private SamplingFlags sampling;

  @Option(
      names = "--image",
      paramLabel = "FILE",
      required = true,
      description = "The picture: " + ImageFile.FORMATS + ", of any size.")
  private Path image;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "8",
      description = "Sample N large images. Default: 8.")
  private int count;

  @Override
  public Integer call() {
    SamplingFlags.requireAtLeastOne("--count", count);
    try (Sampler sampler = Sampler.open(model.folder)) {
      SmallImages scale =
          sampler
              .small()
              .orElseThrow(
                  () ->
                      new InputException(
                          sampler.version()
                              + ": this model has one scale only; expected a multi-scale model, as"
                              + " `pixelrnn train --preset mnist-multi-scale` trains one"));
      Images small = Images.read(image, scale.shape());
      try (SamplingRun run = new SamplingRun(spec, sampling, false, sampler, count)) {
        upscaleAll(small, sampler.shape(), run);
        if (run.images() > 0) {
          run.words()
              .printf(
                  Locale.ROOT,
                  "%s and %d times %s: %s%n",
                  scale.shape(),
                  run.images(),
                  sampler.shape(),
                  sampling.out);
        }
      }
    }
    return 0;
  }

  private void upscaleAll(Images small, ImageShape shape, SamplingRun run) {
    Optional<NumberedPictures> files = sampling.numbered();
    // One picture is refused here if it is too large, before anything is sampled.
    SampleGrid grid = files.isPresent() ? null : SampleGrid.ofUpscaled(shape, count);
    run.paint(small);
    for (SamplePiece piece : SamplePiece.of(shape, count)) {
      Images copies = Images.concat(Collections.nCopies(piece.count(), small));
      SampleRequest request = SampleRequest.upscaling(copies, piece.seed(sampling.seed));
      Optional<Images> large = run.sample(request, piece.number() == 0);
      if (large.isEmpty()) {
        break;
      }
      if (files.isPresent()) {
        files.get().write(large.get(), piece.from(), 1);
        run.written(piece.count());
      } else {
        grid.paint(large.get(), 1 + piece.from(), 1);
      }
    }
    run.end();
    if (grid != null) {
      grid.paint(small, 0, 1);
      ImageFile.write(grid.picture(), sampling.out);
    }
  }
}
