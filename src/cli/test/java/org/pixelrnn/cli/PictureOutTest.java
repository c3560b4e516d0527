package org.pixelrnn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pixelrnn.cli.Commands.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.records.OutputFile;

/** Every command that writes a picture treats alike what is there already. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledOnOs(OS.LINUX)
class PictureOutTest {
  private Path models;
  private TinyModel tiny;
  private TinyModel scales;
  private Path folder;

  @BeforeAll
  void trainAndExport(@TempDir Path temporary) throws IOException {
    models = temporary;
    tiny = TinyModel.in(models);
    scales = TinyModel.multiScale(models, "scales", "");
  }

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createTempDirectory(models, "out");
  }

  private List<String> words(String command, Path out) {
    return Arrays.asList(
        (command + " --out OUT")
            .replace("MODEL", tiny.model().toString())
            .replace("SCALES", scales.model().toString())
            .replace("RUN", tiny.run().toString())
            .replace("OUT", out.toString())
            .split(" "));
  }

  private static void assertPng(Path file) {
    assertTrue(ImageFile.decode(file).getWidth() > 20);
  }

  private static void assertRefused(String why, List<String> words) {
    Commands.Output output = run(2, words);
    assertTrue(output.err().contains(why), output.err());
    assertEquals(1, output.err().lines().count(), output.err());
  }

  @ParameterizedTest
  @Tag("slow")
  @ValueSource(
      strings = {
        "sample --model MODEL --count 2",
        "sample --model SCALES --count 2 --json",
        "complete --model MODEL --data strokes --count 1 --occlude top:0.5",
        "upscale --model SCALES --image RUN/samples.png --count 2",
        "inspect --model MODEL --receptive-field 3,2",
        "inspect --model MODEL --softmax 3,2,0 --image RUN/samples.png",
        "curves --run-dir RUN",
      })
  void doesWithIt(String command) throws Exception {
    Path pipe = folder.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    Path read = folder.resolve("read.png");
    Process reader =
        new ProcessBuilder("cat", pipe.toString()).redirectOutput(read.toFile()).start();
    run(0, words(command, pipe));
    assertEquals(0, reader.waitFor());
    assertPng(read);
    assertTrue(OutputFile.isSpecial(pipe), "the pipe is still a pipe");

    Path dangling = Files.createSymbolicLink(folder.resolve("link.png"), Path.of("second"));
    Files.createSymbolicLink(folder.resolve("second"), Path.of("new.png"));
    run(0, words(command, dangling));
    assertTrue(Files.isSymbolicLink(dangling));
    assertTrue(Files.isRegularFile(folder.resolve("new.png"), LinkOption.NOFOLLOW_LINKS));
    assertPng(dangling);

    run(0, words(command, Path.of("/dev/null")));
    assertRefused("No space left on device", words(command, Path.of("/dev/full")));
    assertRefused("it is a folder", words(command, Path.of(".")));
    assertRefused("PNG only, not jpg", words(command, folder.resolve("x.jpg")));
    assertRefused("File name too long", words(command, folder.resolve("x".repeat(300))));
    assertFalse(Files.exists(folder.resolve("x.jpg")));
  }

  /** The shell has opened the file: {@code pixelrnn sample --out /dev/stdout >> log}. */
  @ParameterizedTest
  @Tag("slow")
  @ValueSource(
      strings = {
        "sample --model MODEL --count 2 --stream",
        "inspect --model MODEL --receptive-field 3,2",
        "curves --run-dir RUN",
      })
  void aPictureOnStandardOutputIsAloneThere(String command) throws Exception {
    Path log = Files.writeString(folder.resolve("log"), "kept");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(Commands.process(words(command, Path.of("/dev/stdout"))))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .redirectError(err.toFile())
            .start();
    assertEquals(0, process.waitFor(), Files.readString(err));
    byte[] all = Files.readAllBytes(log);
    assertEquals("kept", new String(all, 0, 4, UTF_8));
    byte[] png = Arrays.copyOfRange(all, 4, all.length);
    // The last chunk of a PNG has no bytes; its type and checksum are its last eight.
    assertEquals("IEND", new String(png, png.length - 8, 4, UTF_8));
    assertTrue(ImageFile.decode(png, "log").getWidth() > 20);
    assertTrue(Files.readString(err).contains("/dev/stdout"), Files.readString(err));
    if (command.startsWith("inspect")) {
      Path other = folder.resolve("other");
      Process json =
          new ProcessBuilder(Commands.process(words(command + " --json", Path.of("/dev/stdout"))))
              .redirectOutput(other.toFile())
              .start();
      assertEquals(2, json.waitFor());
      assertEquals(0, Files.size(other));
    }
  }
}
