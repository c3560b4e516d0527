package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pixelrnn.cli.Commands.assertRefused;
import static org.pixelrnn.cli.Commands.run;

import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

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
