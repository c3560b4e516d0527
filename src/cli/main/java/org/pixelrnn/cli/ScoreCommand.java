package org.pixelrnn.cli;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.pixelrnn.data.Datasets;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.Split;
import org.pixelrnn.evaluate.ImageScore;
import org.pixelrnn.evaluate.Ranking;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.sampler.Sampler;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pixelrnn score}. */
@Command(
    name = "score",
    description = {
      "List the images of a data set by their likelihood under an exported model, the least likely"
          + " first: the odd ones.",
      "",
      "The table is CSV: name, nats, bits_per_dim. A name is the file of a picture, or the split and"
          + " the index (test/17). In a terminal only the first rows are shown. A broken picture is"
          + " left out.",
      "",
      "A heat map shows an image beside the bits of its pixels: black is expected, pale yellow is a"
          + " surprise. The scale is the same for all images of a model, and is drawn beside them.",
      "",
      "A multi-scale model that samples every pixel twice (draw_every_pixel) has upper bounds only,"
          + " and no heat maps."
    })
final class ScoreCommand implements Callable<Integer> {
  /** The rows that a terminal shows. */
  private static final int HEAD = 20;

  /** The values of {@code --split}. */
  private enum Splits {
    TRAIN(Split.TRAIN),
    VALIDATION(Split.VALIDATION),
    TEST(Split.TEST),
    ALL(Split.values());

    private final ImmutableList<Split> members;

    Splits(Split... members) {
      this.members = ImmutableList.copyOf(members);
    }
  }

  @Spec private CommandSpec spec;
  @Mixin private MeasuredImages measured;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      description =
          "train, validation, test or all. Default: all for folder: and tfrecord:, otherwise test.")
  private Splits split;

  @Option(
      names = "--out",
      paramLabel = "FILE.csv",
      converter = TableFile.class,
      description = "Write the table to this file. Default: standard output.")
  private Path out;

  @Option(
      names = "--heatmaps",
      paramLabel = "DIR",
      description =
          "Write a heat map of each image to this folder: 00001.png for the first row of the table,"
              + " 00002.png for the second.")
  private Path heatmaps;

  @Option(
      names = "--heatmap-count",
      paramLabel = "N",
      defaultValue = "0",
      description = "Write only the heat maps of the first N rows. Default: all.")
  private int heatmapCount;

  @Option(
      names = "--json",
      description =
          "Print one JSON object: images, scores (name, nats, bits_per_dim of each image); for upper"
              + " bounds \"bound\": true.")
  private boolean json;

  private volatile boolean stopped;

  @Override
  public Integer call() throws IOException {
    check();
    long limit = measured.limit();
    try (Sampler sampler = Sampler.open(measured.model());
        ImageDataset images =
            Datasets.open(measured.data(), sampler.dataConfig(), sampler.shape())) {
      if (heatmaps != null) {
        // A model without heat maps is refused here, before anything is measured.
        sampler.pixelBits(Images.of(sampler.shape(), new byte[0]));
      }
      Ranking ranking = Ranking.of(sampler, images).splits(splits()).limit(limit);
      List<ImageScore> scores = measure(ranking);
      try (ShutdownHook hook = new ShutdownHook(() -> stopped = true)) {
        report(scores, !sampler.isExact());
        hook.saved();
        // Nobody waits for heat maps if the table was lost.
        if (heatmaps != null && !spec.commandLine().getOut().checkError()) {
          writeHeatMaps(sampler, ranking, scores);
        }
      }
    }
    return 0;
  }

  private void check() {
    if (heatmapCount < 0 || (heatmapCount > 0 && heatmaps == null)) {
      throw new InputException(
          "--heatmap-count "
              + heatmapCount
              + (heatmaps == null ? ": expected --heatmaps DIR" : ": expected at least 0 (all)"));
    }
    if (out != null) {
      PictureFile.checkJson(json, out);
    }
    if (heatmaps != null) {
      new HeatMapFolder(heatmaps).checkWritable();
    }
  }

  private List<Split> splits() {
    if (split != null) {
      return split.members;
    }
    // Such data have no test split of their own: a few pictures are set aside for it.
    String data = measured.data();
    boolean pictures = data.startsWith("folder:") || data.startsWith("tfrecord:");
    return (pictures ? Splits.ALL : Splits.TEST).members;
  }

  private List<ImageScore> measure(Ranking ranking) {
    try (ImageProgress progress = ImageProgress.of("score", ranking.count())) {
      return ranking.listener((done, total) -> progress.to(done)).measure();
    }
  }

  private void report(List<ImageScore> scores, boolean bound) throws IOException {
    PrintWriter words = words();
    if (bound && !json) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("the figures of this model are upper bounds of the negative log-likelihood");
      err.flush();
    }
    if (out != null) {
      TableFile.write(ScoreTable.csv(scores), out);
    }
    if (json) {
      ScoreTable.writeJson(scores, bound, spec.commandLine().getOut());
    } else if (out != null) {
      ImageScore first = scores.get(0);
      words.printf(
          Locale.ROOT,
          "%d images, the least likely %s (%.2f nats): %s%n",
          scores.size(),
          ScoreTable.printable(first.name()),
          first.nats(),
          out);
    } else {
      words.print(Terminal.isOut() ? ScoreTable.head(scores, HEAD) : ScoreTable.csv(scores));
    }
    words.flush();
  }

  private void writeHeatMaps(Sampler sampler, Ranking ranking, List<ImageScore> scores) {
    int count = heatmapCount == 0 ? scores.size() : Math.min(heatmapCount, scores.size());
    int written;
    try (ImageProgress progress = ImageProgress.of("heat maps", count)) {
      written =
          new HeatMapFolder(heatmaps)
              .write(sampler, ranking, scores.subList(0, count), () -> stopped, progress::to);
    }
    // Standard output is for the table or for JSON.
    PrintWriter words = json || out == null ? spec.commandLine().getErr() : words();
    if (stopped && written < count) {
      words.println("stopped after " + written + " of " + count + " heat maps: " + heatmaps);
    } else {
      words.println(written + " heat maps: " + heatmaps);
    }
    words.flush();
  }

  private PrintWriter words() {
    return out == null ? spec.commandLine().getOut() : PictureFile.words(spec, out);
  }
}
