package org.pixelrnn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Command lines with names that are not ASCII, or not UTF-8. A shell passes their bytes on. */
@EnabledOnOs(OS.LINUX)
class UnspelledNamesTest {
  private static final String UMLAUTS = "$'gr\\xc3\\xb6\\xc3\\x9fe \\xe5\\x9b\\xbe'";
  private static final Path MODEL = Path.of("savedmodels/mnist-pixelcnn").toAbsolutePath();

  @TempDir private Path folder;

  private record Outcome(int status, String out, String err) {}

  /** Runs a script in the folder. In it, the word {@code pixelrnn} runs this program. */
  private Outcome bash(String locale, String script) throws IOException, InterruptedException {
    Path err = folder.resolve("err");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String program = "pixelrnn() { '%s' -cp \"$CP\" %s \"$@\"; }\n";
    ProcessBuilder builder =
        new ProcessBuilder(
                "bash", "-euc", program.formatted(java, PixelRnn.class.getName()) + script)
            .directory(folder.toFile())
            .redirectError(err.toFile());
    builder.environment().put("CP", System.getProperty("java.class.path"));
    builder.environment().put("LC_ALL", locale);
    builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "3");
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Outcome(process.waitFor(), out, Files.readString(err));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          C       | inspect --model UMLAUTS          | ANSI_X3.4-1968, so set LC_ALL=C.UTF-8
          POSIX   | train --data folder:UMLAUTS      | ANSI_X3.4-1968, so set LC_ALL=C.UTF-8
          C.UTF-8 | sample --out $'x\\xff.png'       | it is not UTF-8, so give it another name
          """)
  void aNameThatJavaCannotReadIsRefused(String locale, String words, String why) throws Exception {
    Outcome outcome = bash(locale, "pixelrnn " + words.replace("UMLAUTS", UMLAUTS));
    assertEquals(2, outcome.status(), outcome.err());
    assertEquals("", outcome.out());
    assertTrue(outcome.err().matches("pixelrnn: '.*': Java cannot read this name; .*\\R"));
    assertTrue(outcome.err().contains(why), outcome.err());
  }

  @Test
  void nothingIsWrittenBesideAWorkingDirectoryThatJavaCannotRead() throws Exception {
    Outcome outcome =
        bash(
            "C",
            "mkdir %s; cd %s; pixelrnn train --preset strokes-pixelcnn --data strokes --run-dir r"
                .formatted(UMLAUTS, UMLAUTS));
    assertEquals(2, outcome.status(), outcome.err());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
    assertTrue(outcome.err().contains("so set LC_ALL=C.UTF-8"), outcome.err());
    try (Stream<Path> made = Files.list(folder)) {
      assertEquals(2, made.count());
    }
  }

  @Test
  @Tag("slow")
  void allCommandsWorkWithNamesInUtf8() throws Exception {
    Outcome outcome =
        bash(
            "C.UTF-8",
            """
            n=UMLAUTS
            mkdir "$n" "$n/data"
            for i in {1..40}; do
              cp MODEL/samples.png "$n/data/$n $i.png"
            done
            cp MODEL/samples.png "$n/data/"$'\\xff.png'
            mkdir "$n/cwd"; cd "$n/cwd"
            train="pixelrnn train --preset strokes-pixelcnn --set training.batch_size=4 --threads 1
              --set training.validation_images=4 --max-steps"
            $train 2 --data "folder:../data" --run-dir "$n run"
            pixelrnn train --resume --run-dir "$n run" --max-steps 4
            pixelrnn curves --run-dir "$n run" --out "curves $n.png"
            pixelrnn export --run-dir "$n run" --to "model $n"
            pixelrnn export --model "model $n" --to "model $n"
            pixelrnn inspect --model "model $n" --receptive-field 9,9 --out "field $n.png"
            pixelrnn eval --model "model $n" --data "folder:$PWD/../data" --limit 4 --json >"$n.json"
            pixelrnn sample --model "model $n" --count 2 --out "sample $n.png"
            pixelrnn complete --model "model $n" --image "sample $n.png" --occlude bottom:0.5 --out "complete $n.png"
            ls ../data/*/ *"$n"*.png "$n.json" "model $n/2/saved_model.pb" 2>/dev/null | wc -l
            """
                .replace("UMLAUTS", UMLAUTS)
                .replace("MODEL", "'" + MODEL + "'"));
    assertEquals(0, outcome.status(), outcome.err());
    assertTrue(outcome.out().endsWith("\n6\n"), outcome.out());
    assertTrue(outcome.out().contains("curves größe 图.png"), outcome.out());
  }
}
