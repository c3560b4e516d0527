package org.pixelrnn.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.SampleGrid;
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
      "The picture that is written shows the small image first."
    })
final class UpscaleCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;
  @Mixin private SamplingFlags sampling;

  @Option(
      names = "--image",
      paramLabel = "FILE",
      required = true,
      description = "The picture: PNG, JPEG, BMP, GIF or WebP of any size.")
  private Path image;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "8",
      description = "Sample N large images. Default: 8.")
  private int count;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    SamplingFlags.requireAtLeastOne("--count", count);
    NativeChatter.silence();
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
      sampling.paint(small, out, Terminal.isOut());
      Images large =
          scale.upscale(
              Images.concat(Collections.nCopies(count, small)),
              sampling.seed,
              sampling.temperature,
              sampling.painter(sampler.shape(), count, out, Terminal.isOut()));
      ImageFile.write(SampleGrid.upscaled(small, large), sampling.out);
      out.printf(
          Locale.ROOT,
          "%s and %d times %s: %s%n",
          scale.shape(),
          count,
          sampler.shape(),
          sampling.out);
    }
    return 0;
  }
}
