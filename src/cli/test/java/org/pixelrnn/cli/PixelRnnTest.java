package org.pixelrnn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelrnn.image.InputException;
import org.pixelrnn.sampler.NotAModelException;
import org.pixelrnn.train.Assignment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class PixelRnnTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** A command that fails in the way that {@code --how} names. */
  @Command(name = "stumble")
  private static final class Stumble implements Runnable {
    @Option(names = "--how", required = true)
    private String how;

    @Option(names = "--set")
    private List<Assignment> assignments = new ArrayList<>();

    @Override
    public void run() {
      switch (how) {
        case "input" -> throw new InputException("images.gz: too short");
        case "model" -> throw new NotAModelException("runs/1: no model");
        case "bug" -> throw new IllegalStateException("first line\n\tsecond line");
        case "link" -> throw new UnsatisfiedLinkError("no libtensorflow");
        default -> assertEquals(List.of(new Assignment("model.h", "3")), assignments);
      }
    }
  }

  private int run(boolean stackTraces, String... args) {
    Failures failures = new Failures(stackTraces);
    CommandLine root = PixelRnn.commandLine(failures, new Stumble());
    root.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return failures.watch(root, args);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          stumble --how=input         | 2 | pixelrnn: images.gz: too short
          stumble --how=model         | 2 | pixelrnn: runs/1: no model; `pixelrnn export` writes one
          stumble --how=bug           | 1 | pixelrnn: java.lang.IllegalStateException: first line second line (PIXELRNN_DEBUG=1 shows where)
          stumble --how=link          | 1 | pixelrnn: java.lang.UnsatisfiedLinkError: no libtensorflow (PIXELRNN_DEBUG=1 shows where)
          stumble                     | 2 | pixelrnn: Missing required option: '--how=<how>'; see pixelrnn stumble --help
          stumble --how=well --hwo=1  | 2 | pixelrnn: Unknown option: '--hwo=1'; see pixelrnn stumble --help
          stumble --how=well --set=a  | 2 | pixelrnn: --set a: expected path=value, for instance training.batch_size=32
          stumbel                     | 2 | pixelrnn: Unmatched argument at index 0: 'stumbel'; did you mean stumble?; see pixelrnn --help
          --halp                      | 2 | pixelrnn: Unknown option: '--halp'; see pixelrnn --help
          """)
  void failsWithOneLine(String args, int status, String line) {
    assertEquals(status, run(false, args.split(" ")));
    assertEquals(line + System.lineSeparator(), err.toString());
    assertEquals("", out.toString());
  }

  @Test
  void withoutACommandItListsThem() {
    assertEquals(2, run(false));
    assertTrue(err.toString().startsWith("pixelrnn: a command is missing, one of "));
    assertTrue(err.toString().contains("stumble"), err.toString());
  }

  @Test
  void successIsSilent() {
    assertEquals(0, run(false, "stumble", "--how=well", "--set=model.h=3"));
    assertEquals("", out + "" + err);
  }

  @Test
  void stackTracesOnlyWhenAsked() {
    assertEquals(1, run(true, "stumble", "--how=bug"));
    assertTrue(err.toString().contains("\tat org.pixelrnn.cli.PixelRnnTest"), err.toString());
    assertTrue(
        err.toString().endsWith("IllegalStateException: first line second line\n"), err.toString());
  }

  @ParameterizedTest
  @CsvSource({"--help", "-h", "stumble --help", "stumble -h", "--version", "-V"})
  void helpAndVersionGoToStandardOutput(String args) {
    assertEquals(0, run(false, args.split(" ")));
    assertTrue(out.toString().contains("pixelrnn"), out.toString());
    assertEquals("", err.toString());
  }

  /** Loading TensorFlow takes a second; asking for help must not. */
  @Test
  @Tag("slow")
  void helpLoadsNoTensorFlow() throws IOException, InterruptedException {
    List<String> commands = new ArrayList<>(List.of("--help"));
    PixelRnn.commandLine(new Failures(false)).getSubcommands().keySet().stream()
        .map(name -> name + " --help")
        .forEach(commands::add);
    for (String command : commands) {
      List<String> jvm = new ArrayList<>();
      jvm.add(System.getProperty("java.home") + "/bin/java");
      jvm.addAll(List.of("-cp", System.getProperty("java.class.path"), "-Xlog:class+load"));
      jvm.add(PixelRnn.class.getName());
      jvm.addAll(List.of(command.split(" ")));
      Process process = new ProcessBuilder(jvm).redirectErrorStream(true).start();
      String log = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertEquals(0, process.waitFor(), log);
      assertTrue(log.contains("picocli.CommandLine "), log);
      assertFalse(log.contains("] org.tensorflow."), command);
    }
  }
}
