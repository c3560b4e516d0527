package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training as a process of its own, which is stopped from outside. */
class TrainingProcessTest {
  private static final int SIGTERM = 15;

  @TempDir private Path folder;

  @Test
  void sigtermSavesAndSaysHowToGoOn() throws Exception {
    Process process = train("--max-steps", "100000");
    awaitCheckpoints(1);
    // Two in one folder would overwrite each other's checkpoints.
    Commands.Ended second = Commands.run(2, "train", "--run-dir", run(), "--resume");
    assertTrue(second.err().contains("another process is training"), second.err());
    process.destroy();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    assertEquals(128 + SIGTERM, process.exitValue());
    String said = Files.readString(folder.resolve("said"));
    assertTrue(said.contains("go on with: pixelrnn train --run-dir"), said);
    String step = said.replaceAll("(?s).*stopped after step (\\d+).*", "$1");
    Path saved = run().resolve("checkpoints").resolve("step-%08d".formatted(Long.valueOf(step)));
    assertTrue(Files.exists(saved.resolve("manifest.textproto")), saved.toString());
  }

  @Test
  void killedAtAnyMomentItGoesOnFromWhatIsWhole() throws Exception {
    for (int kill = 0; kill < 3; kill++) {
      Process process = kill == 0 ? train() : train("--resume");
      awaitCheckpoints(kill + 2);
      // Checkpoints are written at every second step: this is likely to be amid one.
      Thread.sleep(7L * kill);
      process.destroyForcibly().waitFor();
    }
    Process last = train("--resume", "--max-steps", "1");
    assertTrue(last.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, last.exitValue(), Files.readString(folder.resolve("said")));
    assertTrue(checkpoints() >= 2);
  }

  private Path run() {
    return folder.resolve("run");
  }

  private Process train(String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                PixelRnn.class.getName(),
                "train",
                "--run-dir",
                run().toString()));
    command.addAll(List.of(more));
    if (!List.of(more).contains("--resume")) {
      command.addAll(
          List.of(
              "--preset",
              "strokes-pixelcnn",
              "--data",
              "strokes",
              "--set",
              "model.h=2",
              "--set",
              "training.batch_size=1",
              "--set",
              "training.keep_checkpoints=1000",
              "--set",
              "training.checkpoint_every_steps=2"));
    }
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(folder.resolve("said").toFile())
        .start();
  }

  private void awaitCheckpoints(int count) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (checkpoints() < count) {
      assertTrue(System.nanoTime() < deadline, () -> "no checkpoint after a minute");
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private int checkpoints() throws IOException {
    Path checkpoints = run().resolve("checkpoints");
    if (!Files.isDirectory(checkpoints)) {
      return 0;
    }
    try (Stream<Path> whole = Files.list(checkpoints)) {
      return (int)
          whole
              .filter(checkpoint -> Files.exists(checkpoint.resolve("manifest.textproto")))
              .filter(checkpoint -> !checkpoint.toString().endsWith(".tmp"))
              .count();
    }
  }
}
