package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pixelrnn.cli.Commands.assertRefused;
import static org.pixelrnn.cli.Commands.run;

import com.google.common.io.MoreFiles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.image.ImageFile;

/** The commands train and export: resuming, training further, exporting again. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrainAndExportTest {
  private Path folder;
  private TinyModel tiny;

  @BeforeAll
  void trainAndExport(@TempDir Path temporary) throws IOException {
    folder = temporary;
    tiny = TinyModel.in(folder);
  }

  @Test
  void resumeNeedsOnlyTheRunDirectory() {
    Path run = folder.resolve("resumed");
    String train = "train --config {} --data strokes --run-dir {}";
    run(0, train + " --max-steps 2", tiny.config(), run);
    Commands.Output output = run(0, "train --run-dir {} --resume", run);
    assertTrue(output.out().startsWith("6 steps: validation"), output.out());
    assertRefused(
        "; --resume goes on with it, another --run-dir begins anew", train, tiny.config(), run);
  }

  @Test
  void aFieldSetToItsOwnDefaultIsNotAnotherModel() {
    run(
        0,
        "train --run-dir {} --resume --set model.skip=false --set model.channels=1"
            + " --set data.horizontal_flip=false --set data.random_crop=0"
            + " --set training.seed=1 --set training.learning_rate.warmup_steps=0",
        tiny.run());
    assertRefused("another model", "train --run-dir {} --resume --set model.skip=true", tiny.run());
    run(
        0,
        "train --from {} --data strokes --run-dir {} --set model.skip=false --max-steps 1",
        tiny.model(),
        folder.resolve("from-default"));
  }

  /** Random crops are for pictures of any size; the embedded ones have one size. */
  @Test
  @Tag("slow")
  void aModelTrainedWithRandomCropsServesImagesOfOneSize() throws IOException {
    for (int i = 0; i < 8; i++) {
      BufferedImage picture = new BufferedImage(40, 35, BufferedImage.TYPE_INT_RGB);
      picture.createGraphics().fillRect(i, i, 20, 20);
      String split = List.of("train", "val", "test", "train").get(i % 4);
      ImageFile.write(picture, folder.resolve("pictures").resolve(split).resolve(i + ".png"));
    }
    Path config =
        Files.writeString(
            folder.resolve("crops.textproto"),
            Files.readString(tiny.config()) + " data { random_crop: 0.5 }");
    Path run = folder.resolve("crops");
    Path model = folder.resolve("models/crops");
    String pictures = "folder:" + folder.resolve("pictures");
    run(0, "train --config {} --data {} --run-dir {}", config, pictures, run);
    run(0, "export --run-dir {} --to {}", run, model);
    String complete = "complete --model {} --data {} --count 2 --occlude top:0.5 --out {}";
    for (String data : List.of("strokes", pictures)) {
      run(0, complete, model, data, folder.resolve("crops.png"));
      run(0, "eval --model {} --data {} --limit 2", model, data);
    }
    String train = "train --from {} --data strokes --run-dir {} --max-steps 1";
    Path further = folder.resolve("crops-further");
    assertRefused("; --set data.random_crop=0 trains without crops", train, model, further);
    assertFalse(Files.exists(further));
    run(0, train + " --set data.random_crop=0", model, further);
    run(0, "train --run-dir {} --resume", further);
  }

  @Test
  void curvesOfRunsWithTheSameNameAreAllThere() throws IOException {
    Path[] runs = {folder.resolve("a/run"), folder.resolve("b/run")};
    for (Path run : runs) {
      run(0, "train --config {} --data strokes --run-dir {} --max-steps 3", tiny.config(), run);
    }
    Path link = Files.createSymbolicLink(folder.resolve("c"), runs[0]);
    Path roundabout = folder.resolve("b/../a/./run");
    List<Path> all = List.of(runs[0], runs[1], tiny.run(), link, roundabout, runs[1]);
    assertEquals(
        List.of(runs[0].toString(), runs[1].toString(), "tiny-run"),
        List.copyOf(CurvesCommand.named(all).keySet()));

    Path one = folder.resolve("one.png");
    Path same = folder.resolve("same.png");
    Path both = folder.resolve("both.png");
    run(0, "curves --run-dir {} --out {}", runs[0], one);
    run(0, "curves --run-dir {} --run-dir {} --out {}", runs[0], roundabout, same);
    run(0, "curves --run-dir {} --run-dir {} --out {}", runs[0], runs[1], both);
    assertEquals(-1, Files.mismatch(one, same));
    int second = 0xffd55e00;
    assertFalse(colours(one).contains(second));
    assertTrue(colours(both).contains(second));
    assertRefused("", "curves --run-dir {} --run-dir / --out {}", runs[0], one);
  }

  private static Set<Integer> colours(Path file) {
    BufferedImage picture = ImageFile.decode(file);
    int width = picture.getWidth();
    int[] pixels = picture.getRGB(0, 0, width, picture.getHeight(), null, 0, width);
    return Arrays.stream(pixels).map(p -> p | 0xff000000).boxed().collect(Collectors.toSet());
  }

  @Test
  void anExportedModelIsTrainedFurther() throws IOException {
    Path run = folder.resolve("further");
    Path further = assertTrainsFurther(tiny.model(), run);
    String facts = run(0, "inspect --model {}", further).out();
    assertTrue(facts.contains("begun_from {"), facts);
    assertEquals(2, facts.split("library_version", -1).length - 1, facts);

    // As if the run had been killed before its first checkpoint.
    MoreFiles.deleteRecursively(run.resolve("checkpoints"));
    run(0, "train --run-dir {} --resume --max-steps 1", run);
    run(0, "export --run-dir {} --to {}", run, further);
    assertEquals(nats(tiny.model()), nats(further), 1e-3);
  }

  /**
   * Trains a model further for one step, at so small a learning rate that its weights do not
   * change. One step only, because the moving average still shows the first weights then.
   *
   * @return the export of the run
   */
  static Path assertTrainsFurther(Path model, Path run) {
    run(
        0,
        "train --from {} --data strokes --run-dir {} --set training.learning_rate.initial=1e-12"
            + " --max-steps 1",
        model,
        run);
    Path further = run.resolveSibling("models").resolve(run.getFileName());
    run(0, "export --run-dir {} --to {}", run, further);
    assertEquals(nats(model), nats(further), 1e-3);
    return further;
  }

  private static double nats(Path model) {
    return run(0, "inspect --model {} --json", model).json().get("nats_per_image").getAsDouble();
  }

  @Test
  void noRunBeginsWithWeightsThatCannotBeRead() throws IOException {
    Path damaged = folder.resolve("models").resolve("damaged");
    Path run = folder.resolve("not-begun");
    run(0, "export --run-dir {} --to {}", tiny.run(), damaged);
    Files.delete(damaged.resolve("1/variables/variables.index"));
    assertRefused("weights", "train --from {} --data strokes --run-dir {}", damaged, run);
    assertFalse(Files.exists(run), "a run that could be resumed");
  }

  @Test
  void anExportIsExportedAgainAsTheNextVersion() throws IOException {
    Path again = folder.resolve("models/again");
    String printed = run(0, "export --model {} --to {}", tiny.model(), again).out();
    assertEquals(again.resolve("1").toString(), printed.strip());
    assertEquals(
        again.resolve("2").toString(),
        run(0, "export --model {} --to {}", again.resolve("1"), again).out().strip());
    String provenance = "assets.extra/pixelrnn.textproto";
    assertEquals(
        Files.readString(tiny.model().resolve("1").resolve(provenance)),
        Files.readString(again.resolve("2").resolve(provenance)));
    String eval = "eval --model {} --data strokes --limit 20 --json";
    assertEquals(run(0, eval, tiny.model()).out(), run(0, eval, again).out());
  }

  @Test
  void exportTakesARunOrAModel() {
    Path nothing = folder.resolve("models/nothing");
    assertRefused("--run-dir", "export --to {}", nothing);
    assertRefused(
        "mutually exclusive",
        "export --run-dir {} --model {} --to {}",
        tiny.run(),
        tiny.model(),
        nothing);
    assertRefused(
        "; `pixelrnn export` writes one", "export --model {} --to {}", tiny.run(), nothing);
    assertFalse(Files.exists(nothing));
  }
}
