package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pixelrnn.cli.Commands.run;

import com.google.common.io.MoreFiles;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageFile;

/** The commands as a person gives them, one after the other, on a network of a few weights. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandsTest {
  private static final String TINY =
      "model { pixel_cnn {} h: 4 layers: 1 head_width: 4 }"
          + " training { adam {} learning_rate { initial: 0.01 } batch_size: 8 steps: 6"
          + " validation_images: 50 }";

  private Path folder;
  private Path model;

  @BeforeAll
  void trainAndExport(@TempDir Path temporary) throws IOException {
    folder = temporary;
    Path config = folder.resolve("tiny.textproto");
    Files.writeString(config, TINY);
    model = folder.resolve("models/tiny");
    run(0, "train", "--config", config, "--data", "strokes", "--run-dir", folder.resolve("run"));
    run(0, "export", "--run-dir", folder.resolve("run"), "--to", model);
  }

  @Test
  void evalMeasuresTheSameTwice() {
    Commands.Ended first =
        run(0, "eval", "--model", model, "--data", "strokes", "--limit", "150", "--json");
    JsonObject measured = first.json();
    assertEquals(150, measured.get("images").getAsInt());
    double nats = measured.get("nats_per_image").getAsDouble();
    assertEquals(nats / (784 * Math.log(2)), measured.get("bits_per_dim").getAsDouble(), 1e-9);
    assertTrue(measured.get("standard_error_nats").getAsDouble() > 0);
    // Six steps at most: near to one bit a pixel, and not beyond it.
    assertTrue(nats > 100 && nats < 784 * Math.log(2) + 50, nats + " nats");
    assertEquals(
        first.out(),
        run(0, "eval", "--model", model, "--data", "strokes", "--limit", "150", "--json").out());
    assertNotEquals(
        first.out(),
        run(
                0,
                "eval",
                "--model",
                model,
                "--data",
                "strokes",
                "--split",
                "validation",
                "--limit",
                "150",
                "--json")
            .out());
  }

  @Test
  void sampleDrawsTheSameGridFromTheSameSeed() throws IOException {
    Path first = folder.resolve("first.png");
    Path second = folder.resolve("new/second.png");
    Path other = folder.resolve("other.png");
    JsonObject report =
        run(0, "sample", "--model", model, "--count", "5", "--seed", "7", "--out", first, "--json")
            .json();
    assertEquals(5, report.get("count").getAsInt());
    double seconds = report.get("seconds").getAsDouble();
    double firstRow = report.get("first_row_seconds").getAsDouble();
    assertTrue(0 < firstRow && firstRow < seconds, firstRow + " of " + seconds);
    run(0, "sample", "--model", model.resolve("1"), "--count", "5", "--seed", "7", "--out", second);
    run(0, "sample", "--model", model, "--count", "5", "--seed", "8", "--out", other);
    assertEquals(-1, Files.mismatch(first, second));
    assertNotEquals(-1, Files.mismatch(first, other));
  }

  @Test
  void streamedRowsDoNotMixWithJson() {
    Commands.Ended ended =
        run(
            0,
            "sample",
            "--model",
            model,
            "--count",
            "2",
            "--out",
            folder.resolve("s.png"),
            "--stream",
            "--json");
    assertEquals(2, ended.json().get("count").getAsInt());
    assertEquals(14, ended.err().lines().count(), ended.err());
  }

  @Test
  void completeShowsOccludedCompletionsAndOriginal() throws IOException {
    Path grid = folder.resolve("completions.png");
    run(
        0,
        "complete",
        "--model",
        model,
        "--data",
        "strokes",
        "--count",
        "3",
        "--completions",
        "2",
        "--occlude",
        "bottom:0.5",
        "--seed",
        "1",
        "--out",
        grid);
    BufferedImage fromData = ImageFile.decode(grid);
    run(
        0,
        "complete",
        "--model",
        model,
        "--image",
        grid,
        "--completions",
        "2",
        "--occlude",
        "box:3,4,10,12",
        "--out",
        folder.resolve("one.png"));
    BufferedImage fromPicture = ImageFile.decode(folder.resolve("one.png"));
    assertEquals(fromData.getWidth(), fromPicture.getWidth());
    assertTrue(fromData.getHeight() > 2 * fromPicture.getHeight());
  }

  @ParameterizedTest
  @ValueSource(strings = {"eval", "complete --occlude bottom:0.5 --out OUT"})
  void aSplitWithoutImagesIsNamed(String command) throws IOException {
    Path pictures = folder.resolve("pictures");
    for (String split : new String[] {"train", "val"}) {
      Files.createDirectories(pictures.resolve(split));
      Files.copy(
          folder.resolve("run/samples.png"),
          pictures.resolve(split + "/1.png"),
          StandardCopyOption.REPLACE_EXISTING);
    }
    Path nothing = folder.resolve("nothing.png");
    String line = command.replace("OUT", nothing.toString());
    assertRefused(
        "data folder:"
            + pictures
            + ": there are no images in its split test; add some, or choose other data",
        (line + " --model " + model + " --data folder:" + pictures).split(" "));
    assertFalse(Files.exists(nothing));
  }

  @Test
  void inspectTellsWhatTheModelIs() {
    JsonObject facts = run(0, "inspect", "--model", model, "--json").json();
    assertEquals(28, facts.get("height").getAsInt());
    assertEquals(2, facts.get("levels").getAsInt());
    assertEquals("pixel_cnn", facts.get("architecture").getAsString());
    assertEquals(6, facts.get("steps").getAsInt());
    assertEquals("strokes", facts.get("dataset").getAsString());
    // 7·4·1·8 + 8, then (8·4 + 4) + (2·3·4·4 + 4) + (4·8 + 8), then (8·4 + 4) + (4·2 + 2).
    assertEquals(232 + 36 + 100 + 40 + 36 + 10, facts.get("parameters").getAsInt());
    assertTrue(run(0, "inspect", "--model", model).out().contains("next_row("));
  }

  @Test
  void inspectPlotsWhatTheModelExpectsOfASubPixel() throws IOException {
    Path plot = folder.resolve("plot.png");
    Path image = folder.resolve("run/samples.png");
    Object[] words = {
      "inspect", "--model", model, "--softmax", "3,27,0", "--image", image, "--out", plot, "--json"
    };
    JsonObject facts = run(0, words).json();
    assertEquals(2, facts.getAsJsonArray("probabilities").size());
    double zero = facts.getAsJsonArray("probabilities").get(0).getAsDouble();
    double one = facts.getAsJsonArray("probabilities").get(1).getAsDouble();
    assertEquals(1, zero + one, 1e-6);
    int actual = facts.get("actual").getAsInt();
    double bits = -Math.log(actual == 0 ? zero : one) / Math.log(2);
    assertEquals(bits, facts.get("bits").getAsDouble(), 1e-9);
    assertTrue(ImageFile.decode(plot).getWidth() > 500);
  }

  @Test
  void inspectPlotsWhatAPixelSees() throws IOException {
    Path plot = folder.resolve("field.png");
    Object[] words = {"inspect", "--model", model, "--receptive-field", "20,14", "--out", plot};
    // By 7×7 and one of 3×3: three rows of 9, one of 8 and 4 pixels on the left.
    assertEquals(
        "row 20, column 14 sees 39 of 574 earlier pixels; the definition gives the same set; "
            + plot,
        run(0, words).out().strip());
    assertTrue(ImageFile.decode(plot).getWidth() > 500);

    JsonObject facts =
        run(0, Stream.concat(Arrays.stream(words), Stream.of("--json")).toArray()).json();
    assertEquals(39, facts.get("seen_pixels").getAsInt());
    assertEquals(574, facts.get("earlier_pixels").getAsInt());
    assertEquals(39, facts.get("sub_pixels_seen_as_defined").getAsInt());
    assertEquals(0, facts.get("sub_pixels_seen_against_the_definition").getAsInt());
    assertEquals(0, facts.get("sub_pixels_not_seen_but_defined").getAsInt());
    JsonArray gradients = facts.getAsJsonArray("mean_gradients");
    assertTrue(gradient(gradients, 20, 13) > 0);
    assertEquals(0, gradient(gradients, 20, 14));
    assertEquals(0, gradient(gradients, 20, 9));
  }

  private static double gradient(JsonArray gradients, int row, int column) {
    return gradients.get(row).getAsJsonArray().get(column).getAsJsonArray().get(0).getAsDouble();
  }

  @Test
  void aReceptiveFieldNeedsTheNetworkAndItsWeights() throws IOException {
    Path other = folder.resolve("other");
    Path version = other.resolve("1");
    Path provenance = version.resolve("assets.extra/pixelrnn.textproto");
    Path plot = folder.resolve("no-field.png");
    Object[] words = {"inspect", "--model", other, "--receptive-field", "1,2", "--out", plot};
    run(0, "export", "--run-dir", folder.resolve("run"), "--to", other);
    String written = Files.readString(provenance);

    Files.writeString(provenance, written.replaceFirst("layers: 1", "layers: 2"));
    assertRefused("its weights are not those of the network", words);
    Files.writeString(provenance, written.replaceFirst("h: 4", "h: 0"));
    assertRefused("model.h = 0", words);
    Files.delete(provenance);
    assertRefused("no provenance", words);
    assertFalse(Files.exists(plot));
  }

  private static void assertRefused(String why, Object[] words) {
    Commands.Ended ended = run(2, words);
    assertTrue(ended.err().contains(why), ended.err());
    assertEquals(1, ended.err().lines().count(), ended.err());
  }

  @Test
  void evalOfAModelInColourTellsTheChannelsApart() throws IOException {
    Path config = folder.resolve("colour.textproto");
    Files.writeString(
        config,
        TINY.replace("pixel_cnn {}", "pixel_cnn {} channels: 3 levels: 5").replace(": 4", ": 6"));
    Path run = folder.resolve("colour-run");
    Path colour = folder.resolve("models/colour");
    run(0, "train", "--config", config, "--data", "strokes-rgb", "--run-dir", run);
    run(0, "export", "--run-dir", run, "--to", colour);
    JsonObject measured =
        run(0, "eval", "--model", colour, "--data", "strokes-rgb", "--limit", "50", "--json")
            .json();
    assertEquals(3, measured.getAsJsonArray("bits_per_dim_per_channel").size());
    double sum = 0;
    for (int channel = 0; channel < 3; channel++) {
      double bits = measured.getAsJsonArray("bits_per_dim_per_channel").get(channel).getAsDouble();
      assertTrue(bits > 0 && bits < 3, bits + " bits/dim");
      sum += bits;
    }
    assertEquals(measured.get("bits_per_dim").getAsDouble(), sum / 3, 1e-9);
  }

  private static final String SCALES =
      "model { multi_scale { small { pixel_cnn {} h: 4 layers: 1 head_width: 4 }"
          + " full { pixel_cnn {} h: 4 layers: 1 head_width: 4 } BOUND } }"
          + TINY.substring(TINY.indexOf(" training"));

  @Test
  void aMultiScaleModelFromTrainingToDrawing() throws IOException {
    Path run = folder.resolve("scales-run");
    Path scales = folder.resolve("models/scales");
    Path config = folder.resolve("scales.textproto");
    Files.writeString(config, SCALES.replace("BOUND", ""));
    Object[] train = {
      "train", "--config", config, "--data", "strokes", "--run-dir", run, "--stage", "small"
    };
    String small = run(0, train).out();
    assertTrue(small.startsWith("stage small: 6 steps: validation"), small);
    assertTrue(small.contains("--resume --stage full"), small);
    run(2, "export", "--run-dir", run, "--to", scales);
    assertRefused(
        "'middle' is not a stage, small or full",
        new Object[] {"train", "--run-dir", run, "--resume", "--stage", "middle"});
    String both = run(0, "train", "--run-dir", run, "--resume").out();
    assertTrue(both.contains("stage full: 6 steps: validation"), both);
    run(0, "export", "--run-dir", run, "--to", scales);

    Path curves = folder.resolve("curves.png");
    run(0, "curves", "--run-dir", run, "--run-dir", folder.resolve("run"), "--out", curves);
    assertTrue(ImageFile.decode(curves).getWidth() > 0);

    assertRefused(
        "--receptive-field is for models of one network, and this one is multi_scale",
        new Object[] {"inspect", "--model", scales, "--receptive-field", "1,2", "--out", curves});
    JsonObject facts = run(0, "inspect", "--model", scales, "--json").json();
    assertEquals("multi_scale", facts.get("architecture").getAsString());
    assertEquals(4, facts.get("factor").getAsInt());
    assertEquals(4, facts.getAsJsonObject("full").get("h").getAsInt());
    assertTrue(facts.get("nats_per_image").getAsDouble() > 0);

    JsonObject measured =
        run(0, "eval", "--model", scales, "--data", "strokes", "--limit", "50", "--json").json();
    double nats = measured.get("nats_per_image").getAsDouble();
    assertTrue(nats > 100 && nats < 784 * Math.log(2) + 100, nats + " nats");
    assertFalse(measured.has("bound"));

    Path grid = folder.resolve("scales.png");
    Commands.Ended sampled =
        run(0, "sample", "--model", scales, "--count", "3", "--out", grid, "--stream");
    // 7 rows of the small images, 28 of the large ones, two in a line.
    assertEquals(4 + 14 + 1, sampled.out().lines().count(), sampled.out());
    BufferedImage pairs = ImageFile.decode(grid);
    Path large = folder.resolve("large.png");
    Object[] upscale = {
      "upscale",
      "--model",
      scales,
      "--image",
      run.resolve("full/samples.png"),
      "--count",
      "3",
      "--seed",
      "2",
      "--out",
      large
    };
    assertTrue(run(0, upscale).out().startsWith("7×7×1 of 2 levels and 3 times 28×28×1"));
    // Two by two: the small one and three large ones. Two pairs by two.
    BufferedImage upscaled = ImageFile.decode(large);
    assertEquals(upscaled.getHeight(), pairs.getHeight());
    assertEquals(2 * upscaled.getWidth() - 2, pairs.getWidth());
    Path first = Files.move(large, folder.resolve("first-large.png"));
    run(0, upscale);
    assertEquals(-1, Files.mismatch(first, large));
    Object[] complete = {
      "complete",
      "--model",
      scales,
      "--data",
      "strokes",
      "--count",
      "2",
      "--occlude",
      "bottom:0.5",
      "--out",
      folder.resolve("completed.png")
    };
    run(0, complete);
  }

  @Test
  void whatIsOnlyABoundIsCalledOne() throws IOException {
    Path bound = atTwoScales("bound", "draw_every_pixel: true reduction: BOX");
    Object[] eval = {"eval", "--model", bound, "--data", "strokes", "--limit", "50"};
    String said = run(0, eval).out();
    assertTrue(said.startsWith("upper bound of the negative log-likelihood: "), said);
    Object[] json = Arrays.copyOf(eval, eval.length + 1);
    json[eval.length] = "--json";
    assertTrue(run(0, json).json().get("bound").getAsBoolean());
  }

  @Test
  void resumeNeedsNoMoreThanTheFolder() {
    Path run = folder.resolve("resumed");
    run(
        0,
        "train",
        "--config",
        folder.resolve("tiny.textproto"),
        "--data",
        "strokes",
        "--run-dir",
        run,
        "--max-steps",
        "2");
    Commands.Ended ended = run(0, "train", "--run-dir", run, "--resume");
    assertTrue(ended.out().startsWith("6 steps: validation"), ended.out());
    Commands.Ended again =
        run(
            2,
            "train",
            "--config",
            folder.resolve("tiny.textproto"),
            "--data",
            "strokes",
            "--run-dir",
            run);
    assertTrue(again.err().contains("--resume"), again.err());
  }

  @Test
  void anExportedModelIsTrainedFurther() throws IOException {
    Path run = folder.resolve("further");
    Path further = unchanged(model, run);
    String facts = run(0, "inspect", "--model", further).out();
    assertTrue(facts.contains("begun_from {"), facts);
    assertEquals(2, facts.split("library_version", -1).length - 1, facts);

    // Killed before its first checkpoint.
    MoreFiles.deleteRecursively(run.resolve("checkpoints"));
    run(0, "train", "--run-dir", run, "--resume", "--max-steps", "1");
    run(0, "export", "--run-dir", run, "--to", further);
    assertEquals(nats(model), nats(further), 1e-3);
  }

  @Test
  void noRunBeginsWithWeightsThatCannotBeRead() throws IOException {
    Path damaged = folder.resolve("models").resolve("damaged");
    Path run = folder.resolve("not-begun");
    run(0, "export", "--run-dir", folder.resolve("run"), "--to", damaged);
    Files.delete(damaged.resolve("1/variables/variables.index"));
    Commands.Ended ended =
        run(2, "train", "--from", damaged, "--data", "strokes", "--run-dir", run);
    assertTrue(ended.err().contains("weights cannot be read"), ended.err());
    assertFalse(Files.exists(run), "a run to resume");
  }

  @Test
  void soIsEachStageOfAMultiScaleModel() throws IOException {
    unchanged(atTwoScales("scales-before", ""), folder.resolve("scales-further"));
  }

  /** A model that has been trained and exported, with more in its {@code multi_scale}. */
  private Path atTwoScales(String name, String more) throws IOException {
    Path run = folder.resolve(name + "-run");
    Path exported = folder.resolve("models").resolve(name);
    Path config = folder.resolve(name + ".textproto");
    Files.writeString(config, SCALES.replace("BOUND", more));
    run(0, "train", "--config", config, "--data", "strokes", "--run-dir", run);
    run(0, "export", "--run-dir", run, "--to", exported);
    return exported;
  }

  /**
   * What comes of training a model further at so small a learning rate that its weights stay what
   * they were, by a step after which averages still show what they began with.
   */
  private Path unchanged(Path model, Path run) {
    run(
        0,
        "train",
        "--from",
        model,
        "--data",
        "strokes",
        "--run-dir",
        run,
        "--set",
        "training.learning_rate.initial=1e-12",
        "--max-steps",
        "1");
    Path further = folder.resolve("models").resolve(run.getFileName());
    run(0, "export", "--run-dir", run, "--to", further);
    assertEquals(nats(model), nats(further), 1e-3);
    return further;
  }

  private static double nats(Path model) {
    return run(0, "inspect", "--model", model, "--json").json().get("nats_per_image").getAsDouble();
  }

  /** Words are separated by spaces; MODEL, RUN and OUT stand for paths. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "train --run-dir OUT",
        "train --preset no-such --data strokes --run-dir OUT",
        "train --preset strokes-pixelcnn --run-dir OUT",
        "train --preset strokes-pixelcnn --config OUT --data strokes --run-dir OUT",
        "train --preset strokes-pixelcnn --data mnist:/no/such/folder --run-dir OUT",
        "train --preset strokes-pixelcnn --data strokes --run-dir OUT --set training.batch_size=0",
        "train --preset strokes-pixelcnn --data strokes --run-dir OUT --set model.width=27",
        "train --preset strokes-pixelcnn --data strokes --run-dir OUT --max-steps 0",
        "train --preset strokes-rgb-pixelcnn --data strokes --run-dir OUT",
        "train --resume --run-dir OUT",
        "train --from RUN --data strokes --run-dir OUT",
        "train --from MODEL --preset strokes-pixelcnn --data strokes --run-dir OUT",
        "train --from MODEL --run-dir OUT",
        "train --from MODEL --run-dir RUN --resume",
        "train --from MODEL --data strokes --run-dir OUT --set model.h=8",
        "curves --run-dir OUT --out OUT",
        "curves --run-dir RUN",
        "export --run-dir OUT --to OUT",
        "export --run-dir RUN",
        "eval --model OUT --data strokes",
        "eval --model MODEL --data circles",
        "eval --model MODEL --data strokes-rgb",
        "eval --model MODEL --data strokes --split tset",
        "eval --model MODEL --data strokes --limit -1",
        "sample --model MODEL --count 0 --out OUT",
        "sample --model MODEL --count 2000000000 --out OUT",
        "export --run-dir RUN --to RUN/run.textproto",
        "sample --model MODEL --count 1 --temperature -1 --out OUT",
        "sample --model RUN --count 1 --out OUT",
        "complete --model MODEL --data strokes --occlude half --out OUT",
        "complete --model MODEL --data strokes --occlude top:0.5 --completions 0 --out OUT",
        "complete --model MODEL --occlude bottom:0.5 --out OUT",
        "complete --model MODEL --image RUN/run.textproto --occlude bottom:0.5 --out OUT",
        "upscale --model MODEL --image RUN/samples.png --out OUT",
        "upscale --model MODEL --out OUT",
        "train --preset strokes-pixelcnn --data strokes --run-dir OUT --stage small",
        "train --preset mnist-multi-scale --data strokes --run-dir OUT --stage whole",
        "train --preset mnist-multi-scale --data strokes --run-dir OUT --set model.multi_scale.factor=3",
        "train --preset strokes-pixelcnn --data strokes --run-dir OUT --set small_training.steps=3",
        "inspect --model OUT",
        "inspect --model MODEL --softmax 0,0,0 --out OUT",
        "inspect --model MODEL --softmax 0,0,1 --image RUN/samples.png --out OUT",
        "inspect --model MODEL --softmax 0,0,0 --image RUN/samples.png",
        "inspect --model MODEL --softmax 0,0,0 --image RUN/samples.png --receptive-field 0,0 --out OUT",
        "inspect --model MODEL --receptive-field 3,28 --out OUT",
        "inspect --model MODEL --receptive-field 3 --out OUT",
        "inspect --model MODEL --receptive-field 3,2,0 --out OUT",
        "inspect --model MODEL --receptive-field 3,2",
        "inspect --model MODEL --out OUT",
        "train --preset strokes-pixelcnn --data strokes --run-dir OUT --set data.random_crop=0.5",
        "train --preset strokes-pixelcnn --data folder:MODEL --run-dir OUT",
        "train --preset strokes-pixelcnn --data tfrecord:RUN/*.textproto --run-dir OUT",
        "train --preset strokes-pixelcnn --data cifar10:RUN --run-dir OUT",
      })
  void wrongUseIsOneLineAndStatusTwo(String line) {
    Path nothing = folder.resolve("nothing.png");
    Object[] words =
        line.replace("MODEL", model.toString())
            .replace("RUN", folder.resolve("run").toString())
            .replace("OUT", nothing.toString())
            .split(" ");
    Commands.Ended ended = run(2, words);
    assertEquals(1, ended.err().lines().count(), ended.err());
    assertEquals("", ended.out());
    assertFalse(Files.exists(nothing), "nothing is left behind");
  }
}
