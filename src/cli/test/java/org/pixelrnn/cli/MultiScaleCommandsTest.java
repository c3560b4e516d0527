package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pixelrnn.cli.Commands.assertRefused;
import static org.pixelrnn.cli.Commands.run;

import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.image.ImageFile;

/** All commands on a multi-scale model. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MultiScaleCommandsTest {
  private Path folder;
  private TinyModel scales;

  @BeforeAll
  void trainAndExport(@TempDir Path temporary) throws IOException {
    folder = temporary;
    scales = TinyModel.multiScale(folder, "scales", "");
  }

  @Test
  void stagesCanBeTrainedOneByOne() throws IOException {
    Path config = TinyModel.multiScaleConfig(folder);
    Path run = folder.resolve("staged-run");
    Path model = folder.resolve("models/staged");
    String small =
        run(0, "train --config {} --data strokes --run-dir {} --stage small", config, run).out();
    assertTrue(small.startsWith("stage small: 6 steps: validation"), small);
    assertTrue(small.contains("--resume --stage full"), small);
    run(2, "export --run-dir {} --to {}", run, model);
    assertRefused(
        "'middle' is not a stage; expected small or full",
        "train --run-dir {} --resume --stage middle",
        run);
    String both = run(0, "train --run-dir {} --resume", run).out();
    assertTrue(both.contains("stage full: 6 steps: validation"), both);
    run(0, "export --run-dir {} --to {}", run, model);
  }

  @Test
  void curvesHasALineForEachStage() throws IOException {
    Path curves = folder.resolve("curves.png");
    run(0, "curves --run-dir {} --out {}", scales.run(), curves);
    assertTrue(ImageFile.decode(curves).getWidth() > 0);
  }

  @Test
  void inspectShowsBothNetworks() {
    JsonObject facts = run(0, "inspect --model {} --json", scales.model()).json();
    assertEquals("multi_scale", facts.get("architecture").getAsString());
    assertEquals(4, facts.get("factor").getAsInt());
    assertEquals(4, facts.getAsJsonObject("full").get("h").getAsInt());
    assertTrue(facts.get("nats_per_image").getAsDouble() > 0);
    assertRefused(
        "this model is multi_scale",
        "inspect --model {} --receptive-field 1,2 --out {}",
        scales.model(),
        folder.resolve("no-field.png"));
  }

  @Test
  void evalIsExact() {
    JsonObject measured =
        run(0, "eval --model {} --data strokes --limit 50 --json", scales.model()).json();
    double nats = measured.get("nats_per_image").getAsDouble();
    assertTrue(nats > 100 && nats < 784 * Math.log(2) + 100, nats + " nats");
    assertFalse(measured.has("bound"));
  }

  @Test
  void evalNamesAnUpperBound() throws IOException {
    Path model =
        TinyModel.multiScale(folder, "bound", "draw_every_pixel: true reduction: BOX").model();
    String eval = "eval --model {} --data strokes --limit 50";
    String printed = run(0, eval, model).out();
    assertTrue(printed.startsWith("upper bound of the negative log-likelihood: "), printed);
    assertTrue(run(0, eval + " --json", model).json().get("bound").getAsBoolean());
  }

  @Test
  void sampleAndUpscaleShowSmallAndLargeImages() throws IOException {
    Path grid = folder.resolve("scales.png");
    Commands.Output sampled =
        run(0, "sample --model {} --count 3 --out {} --stream", scales.model(), grid);
    // 7 rows of the small images and 28 of the large ones, two rows in a line, and the report.
    assertEquals(4 + 14 + 1, sampled.out().lines().count(), sampled.out());

    Path large = folder.resolve("large.png");
    String upscale = "upscale --model {} --image {} --count 3 --seed 2 --out {}";
    Path image = scales.run().resolve("full/samples.png");
    String printed = run(0, upscale, scales.model(), image, large).out();
    assertTrue(printed.startsWith("7×7×1 of 2 levels and 3 times 28×28×1"), printed);
    // One grid has the small image and three large ones, the other three pairs in two columns.
    BufferedImage pairs = ImageFile.decode(grid);
    BufferedImage upscaled = ImageFile.decode(large);
    assertEquals(upscaled.getHeight(), pairs.getHeight());
    assertEquals(2 * upscaled.getWidth() - 2, pairs.getWidth());
    Path first = Files.move(large, folder.resolve("first-large.png"));
    run(0, upscale, scales.model(), image, large);
    assertEquals(-1, Files.mismatch(first, large));
  }

  @Test
  void completeWritesItsPicture() throws IOException {
    Path completed = folder.resolve("completed.png");
    run(
        0,
        "complete --model {} --data strokes --count 2 --occlude bottom:0.5 --out {}",
        scales.model(),
        completed);
    assertTrue(ImageFile.decode(completed).getWidth() > 0);
  }

  @Test
  void anExportedModelIsTrainedFurtherInBothStages() throws IOException {
    TrainAndExportTest.assertTrainsFurther(scales.model(), folder.resolve("scales-further"));
  }
}
