package org.pixelrnn.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.pixelrnn.data.Datasets;
import org.pixelrnn.data.EvaluationImages;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.Split;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.Occlusion;
import org.pixelrnn.image.SampleGrid;
import org.pixelrnn.proto.v1.DataConfig;
import org.pixelrnn.proto.v1.Provenance;
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
      "Hide a part of images and draw it anew.",
      "",
      "The picture has a row for each image: what was left of it, completions, the original."
    })
final class CompleteCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;
  @Mixin private Drawing drawing;

  @ArgGroup(multiplicity = "1")
  private Source source;

  static final class Source {
    @Option(names = "--image", paramLabel = "FILE", description = "A PNG or JPEG of any size.")
    private Path image;

    @Option(names = "--data", paramLabel = "SPEC", description = DataSpec.DESCRIPTION)
    private String data;
  }

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "8",
      description = "How many of the data's test images. Default: 8.")
  private int count;

  @Option(
      names = "--completions",
      paramLabel = "N",
      defaultValue = "4",
      description = "How many completions of each image. Default: 4.")
  private int completions;

  @Option(
      names = "--occlude",
      paramLabel = "PART",
      required = true,
      description =
          "What to hide: bottom:0.5, top:, left:, right:, centre: (shares) or box:x,y,w,h (pixels).")
  private String occlude;

  @Override
  public Integer call() {
    Drawing.atLeastOne("--count", count);
    Drawing.atLeastOne("--completions", completions);
    Occlusion occlusion = Occlusion.parse(occlude);
    NativeChatter.silence();
    try (Sampler sampler = Sampler.open(model.folder)) {
      ImageShape shape = sampler.shape();
      boolean[] known = occlusion.known(shape.height(), shape.width());
      Images originals = originals(sampler);
      List<Images> drawn = new ArrayList<>();
      for (int i = 0; i < completions; i++) {
        drawn.add(
            sampler.complete(
                originals,
                known,
                drawing.seed + i,
                drawing.temperature,
                drawing.listener(
                    shape, originals.count(), spec.commandLine().getOut(), Terminal.isOut())));
      }
      ImageFile.write(SampleGrid.completions(originals, known, drawn), drawing.out);
      spec.commandLine()
          .getOut()
          .printf(
              "%d images, each completed %d times: %s%n",
              originals.count(), completions, drawing.out);
    }
    return 0;
  }

  private Images originals(Sampler sampler) {
    ImageShape shape = sampler.shape();
    if (source.image != null) {
      return Images.read(source.image, shape);
    }
    DataConfig config =
        sampler.provenance().map(Provenance::getData).orElse(DataConfig.getDefaultInstance());
    try (ImageDataset data = Datasets.open(source.data, config, shape)) {
      EvaluationImages first = new EvaluationImages(data, Split.TEST, shape, config, count, count);
      return DataSpec.required(first, source.data, Split.TEST).batch(0);
    }
  }
}
