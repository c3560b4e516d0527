package org.pixelrnn.cli;

import java.nio.file.Path;
import java.util.Collections;
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
      "Reduce a picture to a multi-scale model's small image, and draw large ones that it may come from.",
      "",
      "The picture that is written has the small image first."
    })
final class UpscaleCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;
  @Mixin private Drawing drawing;

  @Option(
      names = "--image",
      paramLabel = "FILE",
      required = true,
      description = "A PNG or JPEG of any size.")
  private Path image;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "8",
      description = "How many large images. Default: 8.")
  private int count;

  @Override
  public Integer call() {
    Drawing.atLeastOne("--count", count);
    NativeChatter.silence();
    try (Sampler sampler = Sampler.open(model.folder)) {
      SmallImages scale =
          sampler
              .small()
              .orElseThrow(
                  () ->
                      new InputException(
                          "model "
                              + sampler.version()
                              + ": draws images at one scale only; upscale needs a model that was"
                              + " trained with multi_scale, for instance --preset"
                              + " mnist-multi-scale"));
      Images small = Images.read(image, scale.shape());
      drawing.paint(small, spec.commandLine().getOut(), Terminal.isOut());
      Images large =
          scale.upscale(
              Images.concat(Collections.nCopies(count, small)),
              drawing.seed,
              drawing.temperature,
              drawing.listener(
                  sampler.shape(), count, spec.commandLine().getOut(), Terminal.isOut()));
      ImageFile.write(SampleGrid.upscaled(small, large), drawing.out);
      spec.commandLine()
          .getOut()
          .printf("%s and %d times %s: %s%n", scale.shape(), count, sampler.shape(), drawing.out);
    }
    return 0;
  }
}
