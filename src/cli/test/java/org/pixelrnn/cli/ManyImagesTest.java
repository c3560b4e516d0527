package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pixelrnn.cli.Commands.assertRefused;
import static org.pixelrnn.cli.Commands.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.Occlusion;
import org.pixelrnn.image.SampleGrid;
import org.pixelrnn.sampler.Sampler;

/** More images than one call of a model samples, or than one picture shows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ManyImagesTest {
  private Path folder;
  private TinyModel tiny;
  private TinyModel scales;

  @BeforeAll
  void trainAndExport(@TempDir Path temporary) throws IOException {
    folder = temporary;
    tiny = TinyModel.in(folder);
    scales = TinyModel.multiScale(folder, "scales", "");
  }

  private static int files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return (int) files.count();
    }
  }

  private Images read(Sampler sampler, String file) {
    return Images.read(folder.resolve(file), sampler.shape());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sample --model {} --count 100000",
        "sample --model {} --count 1000000",
        "sample --model {} --count 2147483647",
        "upscale --model {} --count 100000 --image samples.png",
        "upscale --model {} --count 1000000 --image samples.png",
        "complete --model {} --data strokes --occlude top:0.5 --completions 1000000",
        "complete --model {} --data strokes --occlude top:0.5 --completions 2147483647",
      })
  void whatDoesNotFitInOnePictureIsRefusedBeforehand(String command) {
    String image = scales.run().resolve("full/samples.png").toString();
    long began = System.nanoTime();
    assertRefused(
        "; --out 'DIR/%05d.png' writes each image to a file of its own",
        command.replace("samples.png", image) + " --out {}",
        scales.model(),
        folder.resolve("too-many.png"));
    assertTrue(System.nanoTime() - began < TimeUnit.SECONDS.toNanos(20), "it was sampled first");
  }

  @Test
  void fewNumberedImagesAreThoseOfThePicture() throws IOException {
    String printed =
        run(
                0,
                "sample --model {} --count 5 --seed 7 --out {}",
                tiny.model(),
                folder + "/few/%d.png")
            .out();
    assertTrue(printed.matches("5 images in [0-9.]+ s: " + folder + "/few/%d.png\n"), printed);
    assertEquals(5, files(folder.resolve("few")));
    try (Sampler sampler = Sampler.open(tiny.model())) {
      Images expected = sampler.sample(5, 7, 1);
      for (int i = 0; i < 5; i++) {
        assertEquals(expected.slice(i, i + 1), read(sampler, "few/" + i + ".png"));
      }
    }
  }

  @Test
  void manyImagesBeginWithTheFew() throws IOException {
    Commands.Output output =
        run(
            0,
            "sample --model {} --count 1003 --seed 7 --out {} --json --stream",
            tiny.model(),
            folder + "/many/%05d.png");
    assertEquals(1003, output.json().get("count").getAsInt());
    // Rows of the first piece only.
    assertEquals(14, output.err().lines().count(), output.err());
    assertEquals(1003, files(folder.resolve("many")));
    try (Sampler sampler = Sampler.open(tiny.model())) {
      Images few = sampler.sample(3, 7, 1);
      for (int i = 0; i < 3; i++) {
        assertEquals(few.slice(i, i + 1), read(sampler, "many/0000" + i + ".png"));
        // The second piece has a seed of its own.
        assertNotEquals(few.slice(i, i + 1), read(sampler, "many/0100" + i + ".png"));
      }
    }
  }

  @Test
  @Tag("slow")
  void aPictureOfSeveralPiecesShowsThemAll() throws IOException {
    Path one = folder.resolve("one.png");
    String upscale = "upscale --model {} --image {} --count 1002 --out {}";
    Path image = scales.run().resolve("full/samples.png");
    run(0, upscale, scales.model(), image, one);
    run(0, upscale, scales.model(), image, folder + "/large/%04d.png");
    assertEquals(1002, files(folder.resolve("large")));
    try (Sampler sampler = Sampler.open(scales.model())) {
      Images small = Images.read(image, sampler.small().orElseThrow().shape());
      List<Images> large =
          Stream.iterate(0, i -> i < 1002, i -> i + 1)
              .map(i -> read(sampler, String.format(Locale.ROOT, "large/%04d.png", i)))
              .toList();
      Path expected = folder.resolve("expected.png");
      ImageFile.write(SampleGrid.upscaled(small, Images.concat(large)), expected);
      assertEquals(-1, Files.mismatch(expected, one));
    }
  }

  @Test
  void completionsOfAnImageFollowOneAnother() throws IOException {
    run(
        0,
        "complete --model {} --data strokes --count 1001 --completions 2 --occlude bottom:0.5"
            + " --seed 3 --out {}",
        tiny.model(),
        folder + "/completed/%04d.png");
    assertEquals(2002, files(folder.resolve("completed")));
    try (Sampler sampler = Sampler.open(tiny.model())) {
      boolean[] known = Occlusion.parse("bottom:0.5").known(28, 28);
      // The known halves are those of the data; the completions of piece 0 have the seeds 3 and 4.
      Images originals =
          Images.concat(
              List.of(read(sampler, "completed/0000.png"), read(sampler, "completed/0002.png")));
      for (int j = 0; j < 2; j++) {
        Images completed = sampler.complete(originals, known, 3 + j, 1);
        for (int i = 0; i < 2; i++) {
          assertEquals(
              completed.slice(i, i + 1), read(sampler, "completed/000" + (2 * i + j) + ".png"));
        }
      }
    }
  }

  @Test
  void moreCompletionsThanNumbersAreRefused() {
    assertRefused(
        "expected at most 2147483647 pictures",
        "complete --model {} --data strokes --occlude top:0.5 --completions 1000000000 --out {}",
        tiny.model(),
        folder + "/none/%d.png");
    assertFalse(Files.exists(folder.resolve("none")));
  }

  /** 130 is Ctrl-C: nothing could be saved. */
  @ParameterizedTest
  @Tag("slow")
  @ValueSource(strings = {"sample", "complete --data strokes --occlude top:0.9"})
  void ctrlCKeepsTheNumberedFiles(String command) throws Exception {
    Path target = Files.createTempDirectory(folder, "stopped");
    Path err = folder.resolve("err");
    String line =
        command
            + " --model "
            + tiny.model()
            + (command.equals("sample") ? " --count 10000000" : " --completions 10000000")
            + " --out "
            + target
            + "/%05d.png";
    Process process =
        new ProcessBuilder(Commands.process(List.of(line.split(" "))))
            .redirectError(err.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (files(target) < 10) {
        assertTrue(System.nanoTime() < deadline && process.isAlive(), Files.readString(err));
        TimeUnit.MILLISECONDS.sleep(20);
      }
      assertEquals(
          0, new ProcessBuilder("kill", "-s", "INT", "" + process.pid()).start().waitFor());
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    } finally {
      process.destroyForcibly();
    }
    String printed = Files.readString(err);
    assertEquals(0, process.exitValue(), printed);
    int written = files(target);
    assertTrue(printed.contains("stopped after " + written + " of "), printed);
    try (Sampler sampler = Sampler.open(tiny.model());
        Stream<Path> files = Files.list(target)) {
      files.forEach(file -> assertEquals(1, Images.read(file, sampler.shape()).count()));
    }
  }
}
