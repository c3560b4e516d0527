package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pixelrnn.cli.Commands.assertRefused;
import static org.pixelrnn.cli.Commands.run;

import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageFile;

/** The commands eval, sample, complete and inspect, on a network of a few weights. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandsTest {
  private Path folder;
  private TinyModel tiny;

  @BeforeAll
  void trainAndExport(@TempDir Path temporary) throws IOException {
    folder = temporary;
    tiny = TinyModel.in(folder);
  }

  @Test
  void evalGivesTheSameNumbersTwice() {
    String eval = "eval --model {} --data strokes --limit 150 --json";
    Commands.Output first = run(0, eval, tiny.model());
    JsonObject measured = first.json();
    assertEquals(150, measured.get("images").getAsInt());
    double nats = measured.get("nats_per_image").getAsDouble();
    assertEquals(nats / (784 * Math.log(2)), measured.get("bits_per_dim").getAsDouble(), 1e-9);
    assertTrue(measured.get("standard_error_nats").getAsDouble() > 0);
    // After six steps the model needs about one bit for each pixel.
    assertTrue(nats > 100 && nats < 784 * Math.log(2) + 50, nats + " nats");
    assertEquals(first.out(), run(0, eval, tiny.model()).out());
    assertNotEquals(first.out(), run(0, eval + " --split validation", tiny.model()).out());
  }

  @Test
  void evalOfAColourModelHasTheBitsOfEachChannel() throws IOException {
    Path model = TinyModel.inColour(folder).model();
    JsonObject measured =
        run(0, "eval --model {} --data strokes-rgb --limit 50 --json", model).json();
    assertEquals(3, measured.getAsJsonArray("bits_per_dim_per_channel").size());
    double sum = 0;
    for (int channel = 0; channel < 3; channel++) {
      double bits = measured.getAsJsonArray("bits_per_dim_per_channel").get(channel).getAsDouble();
      assertTrue(bits > 0 && bits < 3, bits + " bits/dim");
      sum += bits;
    }
    assertEquals(measured.get("bits_per_dim").getAsDouble(), sum / 3, 1e-9);
  }

  @Test
  void sampleWritesTheSameGridForTheSameSeed() throws IOException {
    Path first = folder.resolve("first.png");
    Path second = folder.resolve("new/second.png");
    Path other = folder.resolve("other.png");
    JsonObject report =
        run(0, "sample --model {} --count 5 --seed 7 --out {} --json", tiny.model(), first).json();
    assertEquals(5, report.get("count").getAsInt());
    assertTrue(report.get("seconds").getAsDouble() > 0);
    assertFalse(report.has("first_row_seconds"), "no row is seen without --stream");
    Path version = tiny.model().resolve("1");
    run(0, "sample --model {} --count 5 --seed 7 --out {}", version, second);
    run(0, "sample --model {} --count 5 --seed 8 --out {}", tiny.model(), other);
    assertEquals(-1, Files.mismatch(first, second));
    assertNotEquals(-1, Files.mismatch(first, other));
  }

  @Test
  void streamedRowsDoNotMixWithJson() throws IOException {
    Path out = folder.resolve("s.png");
    Commands.Output output =
        run(0, "sample --model {} --count 2 --out {} --stream --json", tiny.model(), out);
    assertEquals(2, output.json().get("count").getAsInt());
    double seconds = output.json().get("seconds").getAsDouble();
    double firstRow = output.json().get("first_row_seconds").getAsDouble();
    assertTrue(0 < firstRow && firstRow < seconds, firstRow + " of " + seconds);
    Path atOnce = folder.resolve("at-once.png");
    run(0, "sample --model {} --count 2 --out {}", tiny.model(), atOnce);
    assertEquals(-1, Files.mismatch(out, atOnce));
    assertEquals(14, output.err().lines().count(), output.err());
  }

  @Test
  void completeHasARowForEachImage() throws IOException {
    Path three = folder.resolve("completions.png");
    run(
        0,
        "complete --model {} --data strokes --count 3 --completions 2 --occlude bottom:0.5 --seed 1"
            + " --out {}",
        tiny.model(),
        three);
    Path one = folder.resolve("one.png");
    run(
        0,
        "complete --model {} --image {} --completions 2 --occlude box:3,4,10,12 --out {}",
        tiny.model(),
        three,
        one);
    BufferedImage fromData = ImageFile.decode(three);
    BufferedImage fromPicture = ImageFile.decode(one);
    assertEquals(fromData.getWidth(), fromPicture.getWidth());
    assertTrue(fromData.getHeight() > 2 * fromPicture.getHeight());
  }

  @ParameterizedTest
  @ValueSource(strings = {"eval", "complete --occlude bottom:0.5 --out nothing.png"})
  void dataWithoutTestImagesIsRefused(String command) throws IOException {
    Path pictures = folder.resolve("pictures");
    for (String split : new String[] {"train", "val"}) {
      Files.createDirectories(pictures.resolve(split));
      Files.copy(
          tiny.run().resolve("samples.png"),
          pictures.resolve(split + "/1.png"),
          StandardCopyOption.REPLACE_EXISTING);
    }
    assertRefused(
        ": there are no images in the split test",
        command + " --model {} --data {}",
        tiny.model(),
        "folder:" + pictures);
    assertFalse(Files.exists(Path.of("nothing.png")));
  }

  @Test
  void inspectShowsTheFactsOfAModel() {
    JsonObject facts = run(0, "inspect --model {} --json", tiny.model()).json();
    assertEquals(28, facts.get("height").getAsInt());
    assertEquals(2, facts.get("levels").getAsInt());
    assertEquals("pixel_cnn", facts.get("architecture").getAsString());
    assertEquals(6, facts.get("steps").getAsInt());
    assertEquals("strokes", facts.get("dataset").getAsString());
    // 7·4·1·8 + 8, then (8·4 + 4) + (2·3·4·4 + 4) + (4·8 + 8), then (8·4 + 4) + (4·2 + 2).
    assertEquals(232 + 36 + 100 + 40 + 36 + 10, facts.get("parameters").getAsInt());
    assertTrue(run(0, "inspect --model {}", tiny.model()).out().contains("next_row("));
  }

  @Test
  void inspectPlotsTheDistributionOfASubPixel() throws IOException {
    Path plot = folder.resolve("plot.png");
    Path image = tiny.run().resolve("samples.png");
    JsonObject facts =
        run(
                0,
                "inspect --model {} --softmax 3,27,0 --image {} --out {} --json",
                tiny.model(),
                image,
                plot)
            .json();
    assertEquals(2, facts.getAsJsonArray("probabilities").size());
    double zero = facts.getAsJsonArray("probabilities").get(0).getAsDouble();
    double one = facts.getAsJsonArray("probabilities").get(1).getAsDouble();
    assertEquals(1, zero + one, 1e-6);
    int actual = facts.get("actual").getAsInt();
    double bits = -Math.log(actual == 0 ? zero : one) / Math.log(2);
    assertEquals(bits, facts.get("bits").getAsDouble(), 1e-9);
    assertTrue(ImageFile.decode(plot).getWidth() > 500);
  }
}
