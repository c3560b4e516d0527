package org.pixelrnn.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.sampler.Sampler;
import org.pixelrnn.sampler.TinyModels;

/** A program that uses TensorFlow has a clean standard error. Each test starts its own JVM. */
@Tag("slow")
class QuietStartTest {
  /**
   * A program that uses TensorFlow first to sample from a model (a folder), or to read a photograph
   * (a file). Meanwhile another thread prints.
   */
  static final class FirstUse {
    private FirstUse() {}

    public static void main(String[] args) throws IOException, InterruptedException {
      Thread other = new Thread(FirstUse::count);
      other.start();
      Path path = Path.of(args[0]);
      if (Files.isDirectory(path)) {
        try (Sampler sampler = Sampler.open(path)) {
          sampler.sample(1, 0, 1);
        }
      } else {
        ImageFile.apply(path, WantedSize.of(new ImageShape(8, 8, 3, 256)), Picture::height);
      }
      other.interrupt();
      other.join();
    }

    /** Prints 0, 1, 2 and so on until it is interrupted. */
    private static void count() {
      for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
        System.err.print(i + "\n");
        LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
      }
    }
  }

  @TempDir static Path folder;

  /** The arguments of {@link FirstUse}: a model or a photograph. */
  static List<Path> firstUses() throws IOException {
    byte[] jpeg =
        Photographs.jpeg(Photographs.of(1203, 1501, BufferedImage.TYPE_3BYTE_BGR, 3), 0.9f, 0);
    return List.of(
        TinyModels.folder("pixelcnn"), Files.write(folder.resolve("photograph.jpg"), jpeg));
  }

  @ParameterizedTest
  @MethodSource("firstUses")
  void onlyTheLinesOfTensorFlowAreLeftOut(Path path) throws Exception {
    List<String> lines = errors(path, Map.of());
    assertTrue(lines.size() > 1, () -> String.join("\n", lines));
    Set<String> numbers =
        IntStream.range(0, lines.size()).mapToObj(Integer::toString).collect(toSet());
    assertEquals(numbers, Set.copyOf(lines));
  }

  @ParameterizedTest
  @MethodSource("firstUses")
  void theEnvironmentMayAskForAllLines(Path path) throws Exception {
    List<String> lines = errors(path, Map.of(QuietStart.LEVEL, "0"));
    assertTrue(
        lines.stream().anyMatch(line -> line.contains("cpu_feature_guard")),
        () -> String.join("\n", lines));
    assertTrue(
        lines.stream().anyMatch(line -> line.contains("mlir_graph_optimization_pass")),
        () -> String.join("\n", lines));
  }

  @Test
  void errorsOfTensorFlowAreShown() {
    String errors =
        """
        2026-11-28 16:04:50.123456: E tensorflow/core/x.cc:1] cannot
        E0000 00:00:1764345890.123456    1234 x.cc:2] cannot
        of the program
        no newline\
        """;
    String chatter =
        """
        WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
        2026-11-28 16:04:50.123456: I tensorflow/cc/saved_model/reader.cc:83] Reading SavedModel
        2026-11-28 16:04:50.123456: W tensorflow/core/x.cc:1] slow
        I0000 00:00:1764345890.123456    1234 mlir_graph_optimization_pass.cc:425] MLIR V1
        """;
    assertEquals(errors, QuietStart.withoutChatter(chatter + errors));
    assertEquals("", QuietStart.withoutChatter(chatter));
  }

  private static List<String> errors(Path path, Map<String, String> environment)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), FirstUse.class.getName()));
    command.add(path.toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    // Java prints a line for each of its own variables.
    builder
        .environment()
        .keySet()
        .removeIf(
            name ->
                name.startsWith("TF_")
                    || name.endsWith("JAVA_OPTIONS")
                    || name.equals("JAVA_TOOL_OPTIONS"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    List<String> lines =
        new String(process.getErrorStream().readAllBytes(), UTF_8).lines().toList();
    assertEquals(0, process.waitFor(), () -> String.join("\n", lines));
    return lines;
  }
}
