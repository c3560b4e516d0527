package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.Maps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several processes train what one process trains. */
@Tag("slow")
class SeveralWorkersTest {
  private static final List<String> MODELS =
      List.of("pixel_cnn", "row_lstm", "diagonal_bilstm", "multi_scale");
  private static final String STEPS = "20";

  private static final String VALIDATION = "validation/nats_per_image";

  private static final List<String> CURVES =
      List.of("training/nats_per_image", "training/gradient_norm", VALIDATION);

  /** The curves of one worker by step, of all models and stages. */
  private static final SortedMap<String, SortedMap<Long, Float>> ALONE = new TreeMap<>();

  @TempDir private static Path alone;
  @TempDir private Path folder;

  @BeforeAll
  static void trainAlone() throws IOException {
    for (String model : MODELS) {
      WorkerProgram.run(model).train(alone.resolve(model), Long.parseLong(STEPS));
    }
    ALONE.putAll(curves(alone));
    assertEquals(5 * CURVES.size(), ALONE.size());
  }

  /** Eight images a batch: three workers have 2, 3 and 3 of them. */
  @ParameterizedTest
  @ValueSource(ints = {3, 4})
  void takeTheStepsOfOne(int workers) throws IOException, InterruptedException {
    try (WorkerProcesses all = start(workers, STEPS, MODELS)) {
      all.assertAllEnd();
      assertTrue(all.output(0).contains("step 20 true"), all.output(0));
      assertFalse(all.output(1).contains("step"), "only worker 0 hears of events");
    }
    assertSameCurves();
    assertEquals(stepsOf(ALONE), stepsOf(curves(folder)));
  }

  @Test
  void goOnWithAnyNumberOfWorkers() throws IOException, InterruptedException {
    List<String> models = List.of("row_lstm");
    for (int[] part : new int[][] {{2, 7}, {3, 13}}) {
      try (WorkerProcesses all = start(part[0], "" + part[1], models)) {
        all.assertAllEnd();
      }
    }
    WorkerProgram.run("row_lstm").train(folder.resolve("row_lstm"), Long.parseLong(STEPS));
    String losses = "row_lstm " + CURVES.get(0);
    assertEquals(ALONE.get(losses).keySet(), curves(folder).get(losses).keySet(), "all steps");
    assertSameCurves();
  }

  @Test
  void stopTogether() throws IOException, InterruptedException {
    Path unwritten = folder.resolve("unwritten");
    try (WorkerProcesses all = WorkerProcesses.of(2, folder)) {
      all.start(0, folder.toString(), "100000", "60", "pixel_cnn");
      all.start(1, unwritten.toString(), "100000", "60", "pixel_cnn");
      all.await(0, "step 30 ");
      // Not INT, which a process ignores if it was started in the background.
      all.signal(1, "TERM");
      all.assertAllEnd();
      long last = all.output(0).lines().filter(line -> line.startsWith("step")).count();
      WholeCheckpoint saved =
          RunDirectory.open(folder.resolve("pixel_cnn")).checkpoints().last().orElseThrow();
      assertEquals(last, saved.step());
    }
    assertFalse(Files.exists(unwritten), "only worker 0 writes");
  }

  @Test
  void refuseTogether() throws IOException, InterruptedException {
    try (WorkerProcesses all = WorkerProcesses.of(2, folder)) {
      all.start(0, folder.toString(), "8", "60", "pixel_cnn");
      all.start(1, folder.toString(), "9", "60", "pixel_cnn");
      String difference =
          "worker 1 ("
              + all.address(1)
              + ") has another command: until step 9, stage all; expected that of worker 0: until"
              + " step 8, stage all";
      for (int worker = 0; worker < 2; worker++) {
        all.assertEnds(worker, 2, 60);
        assertTrue(all.output(worker).contains(difference), all.output(worker));
      }
    }
    assertFalse(Files.exists(folder.resolve("pixel_cnn")), "nothing is written");
  }

  @Test
  void refuseWhatOneHasWrong() throws IOException, InterruptedException {
    try (WorkerProcesses all = WorkerProcesses.of(2, folder)) {
      all.start(0, folder.toString(), "8", "60", "pixel_cnn");
      all.start(1, folder.toString(), "8", "60", "pixel_snn");
      all.assertEnds(0, 2, 60);
      String wrong = "worker 1 (" + all.address(1) + "): no model pixel_snn";
      assertTrue(all.output(0).contains(wrong), all.output(0));
      all.assertEnds(1, 2, 60);
      assertTrue(all.output(1).contains("no model pixel_snn"), all.output(1));
    }
  }

  private WorkerProcesses start(int workers, String until, List<String> models) throws IOException {
    return WorkerProcesses.start(
        workers,
        Files.createTempDirectory(folder, "logs"),
        Stream.concat(Stream.of(folder.toString(), until, "60"), models.stream())
            .toArray(String[]::new));
  }

  /** A resumed run is validated at other steps, too. */
  private void assertSameCurves() throws IOException {
    curves(folder)
        .forEach(
            (name, curve) ->
                curve.forEach(
                    (step, value) -> {
                      Float expected = ALONE.get(name).get(step);
                      if (expected != null || !name.endsWith(VALIDATION)) {
                        assertEquals(expected, value, 1e-4f * expected, name + ", step " + step);
                      }
                    }));
  }

  private static Map<String, Set<Long>> stepsOf(Map<String, SortedMap<Long, Float>> curves) {
    return Maps.transformValues(curves, Map::keySet);
  }

  /** Each curve by stage and name. */
  private static SortedMap<String, SortedMap<Long, Float>> curves(Path folder) throws IOException {
    SortedMap<String, SortedMap<Long, Float>> all = new TreeMap<>();
    for (String stage :
        List.of(
            "pixel_cnn", "row_lstm", "diagonal_bilstm", "multi_scale/small", "multi_scale/full")) {
      Path events = folder.resolve(stage).resolve("events");
      if (Files.exists(events)) {
        for (String curve : CURVES) {
          all.put(stage + " " + curve, Events.curve(events, curve));
        }
      }
    }
    return all;
  }
}
