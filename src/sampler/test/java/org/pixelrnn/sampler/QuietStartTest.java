package org.pixelrnn.sampler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a process that opens a model prints to standard error, each in a JVM of its own. */
@Tag("slow")
class QuietStartTest {
  /** A program that opens a model, quietly if there is a second argument, and samples an image. */
  static final class Opening {
    private Opening() {}

    public static void main(String[] args) {
      SamplerBuilder builder = Sampler.builder(Path.of(args[0])).quiet(args.length > 1);
      try (Sampler sampler = builder.open()) {
        System.err.println(sampler.sample(1, 0, 1).count() + " image");
      }
    }
  }

  @Test
  void aQuietStartPrintsNothing() throws Exception {
    assertEquals(List.of("1 image"), errors(Map.of(), "quiet"));
  }

  @Test
  void twoLinesRemainByDefault() throws Exception {
    List<String> lines = errors(Map.of());
    assertEquals(3, lines.size(), () -> String.join("\n", lines));
    assertTrue(lines.get(1).contains("mlir_graph_optimization_pass"), lines.get(1));
  }

  @Test
  void theEnvironmentMayAskForAllLines() throws Exception {
    List<String> lines = errors(Map.of(QuietStart.LEVEL, "0"), "quiet");
    assertTrue(
        lines.stream().anyMatch(line -> line.contains("Reading SavedModel from")),
        () -> String.join("\n", lines));
  }

  private static List<String> errors(Map<String, String> environment, String... quiet)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Opening.class.getName()));
    command.add(TinyModels.folder("pixelcnn").toString());
    command.addAll(Arrays.asList(quiet));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("TF_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    List<String> lines =
        new String(process.getErrorStream().readAllBytes(), UTF_8).lines().toList();
    assertEquals(0, process.waitFor(), () -> String.join("\n", lines));
    return lines;
  }
}
