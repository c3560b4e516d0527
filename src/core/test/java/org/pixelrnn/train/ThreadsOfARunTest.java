package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.proto.v1.Adam;
import org.pixelrnn.proto.v1.DiagonalBiLstm;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.TrainingConfig;

/**
 * A run computes on as many threads as it is given, whatever the process has done before. {@code
 * TF_OVERRIDE_GLOBAL_THREADPOOL=1} is in the environment of the tests.
 */
@EnabledOnOs(OS.LINUX)
class ThreadsOfARunTest {
  private static final Path THREADS = Path.of("/proc/self/task");

  /** Columns 14 and 15 of a thread's file are its time in the program and in the system. */
  private static final Pattern STAT =
      Pattern.compile(
          "(?<id>\\d+) \\((?<name>.*)\\) \\S (\\S+ ){10}(?<program>\\d+) (?<system>\\d+) ");

  private static final int STEPS = 6;

  @TempDir private Path folder;

  @Test
  void oneThreadComputesIfOneIsAskedFor() {
    // The two directions of a Diagonal BiLSTM would keep two threads busy. The network is large
    // enough for the steps to take more time than what Java does between them.
    RunConfig.Builder config =
        SmallRun.of(
            ModelConfig.newBuilder().setDiagonalBilstm(DiagonalBiLstm.getDefaultInstance()),
            TrainingConfig.newBuilder()
                .setAdam(Adam.getDefaultInstance())
                .setSteps(STEPS)
                .setSampleImages(0))
            .config()
            .toBuilder();
    config.getModelBuilder().setH(256);
    SmallRun run = new SmallRun(config.build(), 1);
    List<Map<String, Long>> ticks = new ArrayList<>();
    run.train(
        folder,
        STEPS,
        new TrainingListener() {
          @Override
          public void stepTaken(TrainingEvent.StepTaken event) {
            if (event.step() == 1 || event.step() == STEPS) {
              ticks.add(ticksOfThreads());
            }
          }
        });
    Map<String, Long> computed = new HashMap<>();
    ticks.get(1).forEach((id, now) -> computed.put(id, now - ticks.get(0).getOrDefault(id, 0L)));
    long most = computed.values().stream().max(Long::compare).orElseThrow();
    long busy = computed.values().stream().filter(time -> time > most / 4).count();
    assertEquals(1, busy, () -> "processor time of each thread, in ticks: " + computed);
  }

  /** The processor time of each thread so far, without the threads of the JVM itself. */
  private static Map<String, Long> ticksOfThreads() {
    Map<String, Long> ticks = new HashMap<>();
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
      for (Path thread : threads) {
        Matcher line = STAT.matcher(statOf(thread));
        if (line.find() && !line.group("name").matches("(C[12] Compil|VM |GC |G1 ).*")) {
          long program = Long.parseLong(line.group("program"));
          ticks.put(
              line.group("id") + " " + line.group("name"),
              program + Long.parseLong(line.group("system")));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ticks;
  }

  /** A thread may have ended since its folder was listed. */
  private static String statOf(Path thread) {
    try {
      return Files.readString(thread.resolve("stat"));
    } catch (IOException ended) {
      return "";
    }
  }
}
