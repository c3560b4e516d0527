package org.pixelrnn.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.pixelrnn.data.Datasets;
import org.pixelrnn.data.EvaluationImages;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.Split;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.Occlusion;
import org.pixelrnn.image.SampleGrid;
import org.pixelrnn.proto.v1.DataConfig;
import org.pixelrnn.sampler.Sampler;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pixelrnn complete}. */
@Command(
    name = "complete",
    description = {
      "Hide a part of images and sample it anew.",
      "",
      "The picture has a row for each image: its visible part, its completions, the original."
    })
final class CompleteCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;
  @Mixin private SamplingFlags sampling;

  @ArgGroup(multiplicity = "1")
  private Source source;

  static final class Source {
    @Option(
        names = "--image",
        paramLabel = "FILE",
        description = "Complete this picture: PNG, JPEG, BMP, GIF or WebP of any size.")
    private Path image;

    @Option(names = "--data", paramLabel = "SPEC", description = DataSpec.DESCRIPTION)
    private String data;
  }

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "8",
      description = "Complete the first N test images of --data. Default: 8.")
  private int count;

  @Option(
      names = "--completions",
      paramLabel = "N",
      defaultValue = "4",
      description = "Complete each image N times. Default: 4.")
  private int completions;

  @Option(
      names = "--occlude",
      paramLabel = "PART",
      required = true,
      description =
          "The part to hide: bottom:0.5, and likewise top, left, right or centre with a share of"
              + " the image; or box:x,y,width,height in pixels.")
  private String occlude;

  @Override
  public Integer call() {
    SamplingFlags.requireAtLeastOne("--count", count);
    SamplingFlags.requireAtLeastOne("--completions", completions);
    Occlusion occlusion = Occlusion.parse(occlude);
    PrintWriter out = spec.commandLine().getOut();
    NativeChatter.silence();
    try (Sampler sampler = Sampler.open(model.folder)) {
      ImageShape shape = sampler.shape();
      boolean[] known = occlusion.known(shape.height(), shape.width());
      Images originals = originals(sampler);
      List<Images> completed = new ArrayList<>();
      for (int i = 0; i < completions; i++) {
        completed.add(
            sampler.complete(
                originals,
                known,
                sampling.seed + i,
                sampling.temperature,
                sampling.painter(shape, originals.count(), out, Terminal.isOut())));
      }
      ImageFile.write(SampleGrid.completions(originals, known, completed), sampling.out);
      out.printf(
          Locale.ROOT,
          "%d images, each completed %d times: %s%n",
          originals.count(),
          completions,
          sampling.out);
    }
    return 0;
  }

  private Images originals(Sampler sampler) {
    ImageShape shape = sampler.shape();
    if (source.image != null) {
      return Images.read(source.image, shape);
    }
    DataConfig config = sampler.dataConfig();
    try (ImageDataset data = Datasets.open(source.data, config, shape)) {
      EvaluationImages first = new EvaluationImages(data, Split.TEST, shape, config, count, count);
      if (first.count() == 0) {
        throw new InputException("data " + data.name() + ": there are no images in the split test");
      }
      return first.batch(0);
    }
  }
}
