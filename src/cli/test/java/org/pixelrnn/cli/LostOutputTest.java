package org.pixelrnn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** No command ends with status 0 if its output could not be written. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostOutputTest {
  private Path folder;
  private TinyModel tiny;

  /** A full disk, and then something else. */
  private static final class Full extends OutputStream {
    private int calls;

    @Override
    public void write(int value) throws IOException {
      throw new IOException(calls++ == 0 ? "No space left on device" : "another reason");
    }
  }

  @BeforeAll
  void trainAndExport(@TempDir Path temporary) throws IOException {
    folder = temporary;
    tiny = TinyModel.in(folder);
  }

  private String run(int status, OutputStream out, String... words) {
    StringWriter err = new StringWriter();
    Failures failures = new Failures(false);
    CommandLine root = PixelRnn.commandLine(failures);
    root.setOut(new StandardOutput(out)).setErr(new PrintWriter(err, true));
    assertEquals(status, failures.watch(root, words), err::toString);
    return err.toString();
  }

  @ParameterizedTest
  @Tag("slow")
  @ValueSource(
      strings = {
        "--help",
        "--version",
        "sample --help",
        "eval --model MODEL --data strokes --limit 3",
        "eval --model MODEL --data strokes --limit 3 --json",
        "score --model MODEL --data strokes --limit 3",
        "score --model MODEL --data strokes --limit 3 --json",
        "score --model MODEL --data strokes --limit 3 --out OUT",
        "score --model MODEL --data strokes --limit 3 --heatmaps OUT-maps",
        "sample --model MODEL --count 1 --out OUT",
        "sample --model MODEL --count 1 --out OUT --stream",
        "sample --model MODEL --count 1 --out OUT --json",
        "complete --model MODEL --data strokes --count 1 --occlude top:0.5 --out OUT",
        "inspect --model MODEL",
        "inspect --model MODEL --json",
        "inspect --model MODEL --receptive-field 3,2 --out OUT",
        "inspect --model MODEL --softmax 3,2,0 --image RUN/samples.png --out OUT",
        "curves --run-dir RUN --out OUT",
        "export --run-dir RUN --to OUT-export",
        "export --model MODEL --to OUT-export",
        "train --run-dir RUN --resume",
      })
  void isAFailure(String line) {
    String[] words =
        line.replace("MODEL", tiny.model().toString())
            .replace("RUN", tiny.run().toString())
            .replace("OUT", folder.resolve("out").toString())
            .split(" ");
    assertEquals(
        "pixelrnn: standard output: cannot be written: No space left on device\n",
        run(1, new Full(), words).replaceFirst("^step .*\n", ""));
  }

  @Test
  void aFailureOfTheCommandItselfIsNamedAlone() {
    assertEquals(
        "pixelrnn: --limit -1: expected at least 0 (all images)\n",
        run(2, new Full(), "eval", "--model", "none", "--data", "strokes", "--limit", "-1"));
  }

  @Test
  void outputIsUtf8() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    run(0, out, "inspect", "--model", tiny.model().toString());
    assertTrue(out.toString(UTF_8).contains("28×28×1"), out.toString(UTF_8));
  }

  /** The program itself, not only its commands. */
  @ParameterizedTest
  @Tag("slow")
  @ValueSource(strings = {"--help", "inspect --model savedmodels/mnist-pixelcnn"})
  @EnabledOnOs(OS.LINUX)
  void theProgramFailsToo(String line) throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "exec \"$0\" -cp \"$1\" " + PixelRnn.class.getName() + " " + line + " >/dev/full",
                java,
                System.getProperty("java.class.path"))
            .start();
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertEquals(1, process.waitFor(), err);
    assertEquals(
        "pixelrnn: standard output: cannot be written: No space left on device",
        err.lines().reduce((first, last) -> last).orElse(""));
  }
}
