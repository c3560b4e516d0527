package org.pixelrnn.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pixelrnn.cli.Commands.run;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.House;

/** Numbers are formatted the same in every locale. */
@Tag("slow")
class LocaleTest {
  private static final Locale USUAL = Locale.getDefault();
  private static final Path MODEL = Path.of("savedmodels/mnist-pixelcnn");

  @TempDir private Path folder;

  @AfterEach
  void restore() {
    Locale.setDefault(USUAL);
  }

  @Test
  void commandsPrintAndPlotTheSameWithDecimalCommas() throws IOException {
    Locale.setDefault(Locale.ROOT);
    List<Object> usual = outputs();
    Locale.setDefault(Locale.GERMANY);
    assertEquals(usual, outputs());
  }

  /** What commands print, and the bytes of their plots. */
  private List<Object> outputs() throws IOException {
    Path field = folder.resolve("field.png");
    Path softmax = folder.resolve("softmax.png");
    Path image = MODEL.resolve("samples.png");
    List<Object> outputs = new ArrayList<>();
    outputs.add(run(0, "eval --model {} --data strokes --limit 10", MODEL).out());
    outputs.add(
        run(0, "inspect --model {} --softmax 9,9,0 --image {} --out {}", MODEL, image, softmax)
            .out());
    outputs.add(run(0, "inspect --model {} --receptive-field 14,14 --out {}", MODEL, field).out());
    for (Path plot : List.of(softmax, field)) {
      outputs.add(HexFormat.of().formatHex(Files.readAllBytes(plot)));
    }
    return outputs;
  }

  /** TensorFlow Java itself fails where numbers have digits of their own. */
  @Test
  void theProgramRunsWhereDigitsAreArabic() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Duser.language=ar",
                "-Duser.country=EG",
                "-cp",
                System.getProperty("java.class.path"),
                PixelRnn.class.getName(),
                "inspect",
                "--model",
                MODEL.toString(),
                "--receptive-field",
                "14,14",
                "--out",
                folder.resolve("field.png").toString())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), printed);
    assertTrue(printed.contains("of 406 earlier pixels"), printed);
  }

  /** These methods use the default locale. Others of the same names take one. */
  @Test
  void nothingIsFormattedInTheDefaultLocale() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.pixelrnn.proto..")
        .should()
        .callMethod(String.class, "format", String.class, Object[].class)
        .orShould()
        .callMethod(String.class, "formatted", Object[].class)
        .orShould()
        .callMethod(PrintWriter.class, "printf", String.class, Object[].class)
        .orShould()
        .callMethod(PrintWriter.class, "format", String.class, Object[].class)
        .orShould()
        .callMethod(PrintStream.class, "printf", String.class, Object[].class)
        .orShould()
        .callMethod(PrintStream.class, "format", String.class, Object[].class)
        .orShould()
        .callMethod(String.class, "toLowerCase")
        .orShould()
        .callMethod(String.class, "toUpperCase")
        .check(House.onClassPath());
  }
}
