package org.pixelrnn.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.pixelrnn.data.Datasets;
import org.pixelrnn.data.EvaluationImages;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.Split;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.NumberedPictures;
import org.pixelrnn.image.Occlusion;
import org.pixelrnn.image.SampleGrid;
import org.pixelrnn.proto.v1.DataConfig;
import org.pixelrnn.sampler.SamplePiece;
import org.pixelrnn.sampler.SampleRequest;
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
          + " Numbered files have the completions only: first all of the first image."
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
        description = "Complete this picture: " + ImageFile.FORMATS + ", of any size.")
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
    try (Sampler sampler = Sampler.open(model.folder)) {
      ImageShape shape = sampler.shape();
      if (source.image != null) {
        Images image = Images.read(source.image, shape);
        completeAll(sampler, occlusion, 1, piece -> image);
        return 0;
      }
      DataConfig config = sampler.dataConfig();
      try (ImageDataset data = Datasets.open(source.data, config, shape)) {
        EvaluationImages first =
            new EvaluationImages(data, Split.TEST, shape, config, SamplePiece.size(shape), count);
        if (first.count() == 0) {
          throw new InputException(
              "data " + data.name() + ": there are no images in the split test");
        }
        completeAll(sampler, occlusion, first.count(), piece -> first.batch(piece.number()));
      }
    }
    return 0;
  }

  private void completeAll(
      Sampler sampler, Occlusion occlusion, int images, Function<SamplePiece, Images> originals) {
    ImageShape shape = sampler.shape();
    boolean[] known = occlusion.known(shape.height(), shape.width());
    Optional<NumberedPictures> files = sampling.numbered();
    // One picture is refused here if it is too large, before anything is sampled.
    SampleGrid grid =
        files.isPresent() ? null : SampleGrid.ofCompletions(shape, images, completions);
    long total = (long) images * completions;
    if (total > Integer.MAX_VALUE) {
      throw new InputException(
          "--completions "
              + completions
              + " of "
              + images
              + " images: expected at most "
              + Integer.MAX_VALUE
              + " pictures");
    }
    try (SamplingRun run = new SamplingRun(spec, sampling, false, sampler, total)) {
      for (SamplePiece piece : SamplePiece.of(shape, images)) {
        if (!completePiece(run, piece, originals.apply(piece), known, grid)) {
          break;
        }
      }
      run.end();
      if (grid != null) {
        ImageFile.write(grid.picture(), sampling.out);
      }
      if (run.images() > 0) {
        report(run, images, total);
      }
    }
  }

  /** Returns false if the user has stopped the command. */
  private boolean completePiece(
      SamplingRun run, SamplePiece piece, Images originals, boolean[] known, SampleGrid grid) {
    // Neither is used without a grid, and a grid has less than 2^31 cells.
    int columns = completions + 2;
    int firstCell = piece.from() * columns;
    if (grid != null) {
      grid.paintKnown(originals, known, firstCell, columns);
      grid.paint(originals, firstCell + columns - 1, columns);
    }
    for (int i = 0; i < completions; i++) {
      SampleRequest request =
          SampleRequest.completing(originals, known, piece.seed(sampling.seed + i));
      Optional<Images> completed = run.sample(request, piece.number() == 0);
      if (completed.isEmpty()) {
        return false;
      }
      if (grid != null) {
        grid.paint(completed.get(), firstCell + 1 + i, columns);
      } else {
        sampling
            .numbered()
            .orElseThrow()
            .write(completed.get(), piece.from() * completions + i, completions);
        run.written(piece.count());
      }
    }
    return true;
  }

  private void report(SamplingRun run, int images, long total) {
    if (run.images() < total) {
      run.words().printf(Locale.ROOT, "%d completions: %s%n", run.images(), sampling.out);
    } else {
      run.words()
          .printf(
              Locale.ROOT,
              "%d images, each completed %d times: %s%n",
              images,
              completions,
              sampling.out);
    }
  }
}
