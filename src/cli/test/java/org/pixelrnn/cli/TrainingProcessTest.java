package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training in a process of its own that is stopped by a signal. */
@Tag("slow")
class TrainingProcessTest {
  private static final String SMALL =
      "--preset strokes-pixelcnn --data strokes --set model.h=2 --set training.batch_size=1"
          + " --set training.keep_checkpoints=1000 --set training.checkpoint_every_steps=2";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "HUP"})
  void aSignalSavesAndSaysHowToGoOn(String signal) throws Exception {
    Process process = train(SMALL + " --max-steps 100000");
    awaitCheckpoints(1);
    byte[] description = Files.readAllBytes(run().resolve("run.textproto"));
    Commands.assertRefused(
        "another process is training",
        "train --run-dir {} --resume --set training.learning_rate.initial=9",
        run());
    assertArrayEquals(description, Files.readAllBytes(run().resolve("run.textproto")));
    String printed = end(process, signal);
    assertTrue(
        printed.endsWith(
            " and saved; go on with: pixelrnn train --run-dir " + run() + " --resume\n"),
        printed);
    String step = printed.replaceAll("(?s).*stopped after step (\\d+).*", "$1");
    assertTrue(isSaved(Integer.parseInt(step)), printed);
  }

  @Test
  void aSignalBeforeTheFirstStepLosesNothing() throws Exception {
    String printed = "";
    for (int tries = 0; printed.isEmpty() && tries < 5; tries++) {
      if (tries > 0) {
        Files.move(run(), folder.resolve("earlier" + tries));
      }
      Process process = train(SMALL + " --max-steps 2");
      await(() -> Files.exists(run().resolve("lock")));
      // Soon after, a signal is handled. The first step is seconds away: TensorFlow is loading.
      TimeUnit.MILLISECONDS.sleep(200L << tries);
      assertTrue(signal(process, "TERM"), printed());
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      printed = printed();
      // 143 is the end of a process that does not handle the signal yet. Then once more, later.
      assertTrue(process.exitValue() == (printed.isEmpty() ? 143 : 0), printed);
    }
    assertTrue(
        printed.endsWith(
            "stopped before the first step; go on with: pixelrnn train --run-dir "
                + run()
                + " --resume\n"),
        printed);
    Commands.run(0, "train --run-dir {} --resume --max-steps 2", run());
    assertTrue(isSaved(2));
  }

  /** The checkpoint is saved before validation, which may take minutes. */
  @Test
  void aSignalDuringTheFirstValidationLosesNothing() throws Exception {
    Process process =
        train(
            "--preset strokes-diagonal-bilstm --data strokes --max-steps 3"
                + " --set training.batch_size=4 --set training.validation_images=2000");
    awaitCheckpoints(1);
    String printed = end(process, "TERM");
    assertTrue(printed.contains("stopped after step 3 and saved; go on with: "), printed);
    assertTrue(isSaved(3), printed);
  }

  /**
   * If the signal comes right after a checkpoint, there is nothing left to save. If it comes late,
   * the process has failed and ended without it. Then once more.
   */
  @Test
  void aFailureAfterASignalIsPrinted() throws Exception {
    int status = 0;
    for (int tries = 0; status == 0 && tries < 10; tries++) {
      if (tries > 0) {
        Files.move(run(), folder.resolve("earlier" + tries));
      }
      Process process = train(SMALL + " --max-steps 100000");
      awaitCheckpoints(1);
      takeThePlaceOfCheckpoints();
      boolean signalled = signal(process, "TERM");
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      status = signalled ? process.exitValue() : 0;
    }
    assertTrue(status != 0, "nothing was saved");
    assertTrue(printed().contains("pixelrnn: "), printed());
  }

  /** A checkpoint cannot be written where a file takes the place of its folder. */
  private void takeThePlaceOfCheckpoints() throws IOException {
    Path checkpoints = run().resolve("checkpoints");
    for (int moved = 0; Files.isDirectory(checkpoints); moved++) {
      Files.move(checkpoints, run().resolve("moved" + moved));
      try {
        Files.createFile(checkpoints);
      } catch (FileAlreadyExistsException e) {
        // The process has made the folder anew meanwhile.
      }
    }
  }

  @Test
  void aKilledRunGoesOnFromTheLastWholeCheckpoint() throws Exception {
    for (int kill = 0; kill < 3; kill++) {
      Process process = kill == 0 ? train(SMALL) : train("--resume");
      awaitCheckpoints(kill + 2);
      // A checkpoint is written at every second step, so that some kills hit one half-written.
      TimeUnit.MILLISECONDS.sleep(7L * kill);
      process.destroyForcibly().waitFor();
    }
    Process last = train("--resume --max-steps 1");
    assertTrue(last.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, last.exitValue(), printed());
    assertTrue(checkpoints() >= 2);
  }

  private Path run() {
    return folder.resolve("run");
  }

  private Process train(String flags) throws IOException {
    List<String> command = new ArrayList<>();
    if (System.getProperty("os.name").equals("Linux")) {
      // A process that began with a signal ignored, as under nohup, ignores it for ever.
      command.addAll(List.of("env", "--default-signal=INT,HUP"));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(PixelRnn.class.getName(), "train", "--run-dir", run().toString()));
    command.addAll(Arrays.asList(flags.split(" ")));
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(folder.resolve("printed").toFile())
        .start();
  }

  /**
   * Sends a signal, and returns what the process has printed by its end, which must be status 0.
   */
  private String end(Process process, String signal) throws IOException, InterruptedException {
    assertTrue(signal(process, signal), printed());
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), printed());
    return printed();
  }

  /** Sends a signal. Returns false if the process has ended. */
  private static boolean signal(Process process, String signal)
      throws IOException, InterruptedException {
    return new ProcessBuilder("kill", "-s", signal, "" + process.pid()).start().waitFor() == 0;
  }

  private String printed() throws IOException {
    return Files.readString(folder.resolve("printed"));
  }

  private interface Check {
    boolean holds() throws IOException;
  }

  private static void await(Check check) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!check.holds()) {
      assertTrue(System.nanoTime() < deadline, "nothing happened for two minutes");
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private void awaitCheckpoints(int count) throws IOException, InterruptedException {
    await(() -> checkpoints() >= count);
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

  private boolean isSaved(int step) {
    String digits = String.format(Locale.ROOT, "%08d", step);
    return Files.exists(
        run().resolve("checkpoints").resolve("step-" + digits).resolve("manifest.textproto"));
  }
}
