package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.proto.v1.Adam;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.PixelCnn;
import org.pixelrnn.proto.v1.Provenance;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.proto.v1.TrainingConfig;

/** A multi-scale model is trained in two stages under one folder. */
@Tag("slow")
class StagesTest {
  private static final SmallRun SINGLE =
      SmallRun.of(
          ModelConfig.newBuilder().setPixelCnn(PixelCnn.getDefaultInstance()),
          TrainingConfig.newBuilder().setAdam(Adam.getDefaultInstance()));

  @TempDir private Path folder;

  @Test
  void resumedWithinAndBetweenStagesTheStepsAreTheSame() throws IOException {
    SmallRun run = SINGLE.atTwoScales();
    Path whole = folder.resolve("whole");
    Path parts = folder.resolve("parts");
    TrainingResult uninterrupted = run.train(whole, 12);
    run.train(parts, 4, Stage.SMALL);
    run.train(parts, 5);
    TrainingResult resumed = run.train(parts, 12);
    assertEquals(uninterrupted.stages(), resumed.stages());
    for (String stage : List.of("small", "full")) {
      assertEquals(12, losses(whole.resolve(stage)).size());
      assertEquals(losses(whole.resolve(stage)), losses(parts.resolve(stage)));
      assertTrue(Files.exists(parts.resolve(stage).resolve("samples.png")));
    }
  }

  @Test
  void stagesDoNotWaitForOneAnother() throws IOException {
    SmallRun run = SINGLE.atTwoScales();
    run.train(folder.resolve("full"), 6, Stage.FULL);
    assertFalse(Files.exists(folder.resolve("full/small")));
    run.train(folder.resolve("both"), 6);
    assertEquals(
        losses(folder.resolve("both/full")), losses(folder.resolve("full").resolve("full")));
  }

  /** Both write the description of the whole run. Neither undoes a change of the other. */
  @Test
  void stagesThatBeginAtOnceAgreeOnTheDescription() throws IOException {
    SmallRun run = SINGLE.atTwoScales();
    SmallRun faster = run.with(training -> training.getLearningRateBuilder().setInitial(0.1));
    Path agreed = folder.resolve("agreed");
    try (Training small = run.builder(agreed, 2).stage(Stage.SMALL).build();
        Training full = run.builder(agreed, 2).stage(Stage.FULL).build()) {
      full.run();
      small.run();
    }
    Path other = folder.resolve("other");
    try (Training small = run.builder(other, 2).stage(Stage.SMALL).build();
        Training full = faster.builder(other, 2).stage(Stage.FULL).build()) {
      full.run();
      InputException refused = assertThrows(InputException.class, small::run);
      assertTrue(
          refused
              .getMessage()
              .startsWith(other.resolve("run.textproto") + ": another process has changed it"),
          refused.getMessage());
    }
    assertEquals(faster.config(), RunDirectory.open(other).run().getConfig());
    assertFalse(RunDirectory.hasRun(other.resolve("small")));
  }

  /** Forty threads write it at once, each with another learning rate. */
  @Test
  void theDescriptionOfAllStagesIsWrittenByOneAtATime() throws Exception {
    Path path = folder.resolve("run");
    ExecutorService pool = Executors.newFixedThreadPool(40);
    CountDownLatch together = new CountDownLatch(40);
    List<Future<RunConfig>> written = new ArrayList<>();
    try {
      for (int i = 1; i <= 40; i++) {
        double rate = i;
        RunConfig config =
            SINGLE
                .with(training -> training.getLearningRateBuilder().setInitial(rate))
                .atTwoScales()
                .config();
        Run run = Run.newBuilder().setConfig(config).setDatasetDigest("0").build();
        RunDirectory directory = RunDirectory.begun(path, run);
        written.add(
            pool.submit(
                () -> {
                  together.countDown();
                  together.await();
                  directory.write();
                  return config;
                }));
      }
      List<RunConfig> successful = new ArrayList<>();
      for (Future<RunConfig> each : written) {
        try {
          successful.add(each.get());
        } catch (ExecutionException refused) {
          assertInstanceOf(InputException.class, refused.getCause());
        }
      }
      assertEquals(List.of(RunDirectory.open(path).run().getConfig()), successful);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void theSmallNetworkIsTrainedAsItsOwnFieldsSay() throws IOException {
    SmallRun both = SINGLE.atTwoScales();
    RunConfig config =
        both.config().toBuilder()
            .setSmallTraining(TrainingConfig.newBuilder().setSteps(5).setSeed(9))
            .build();
    SmallRun run = new SmallRun(config, 1);
    run.train(folder, 12);
    assertEquals(5, losses(folder.resolve("small")).size());
    assertEquals(12, losses(folder.resolve("full")).size());
    TrainingConfig small =
        RunDirectory.open(folder).stage(Stage.SMALL).run().getConfig().getTraining();
    assertEquals(config.getTraining().toBuilder().setSteps(5).setSeed(9).build(), small);
  }

  @Test
  void theTrainedModelIsMadeOfBothStages() throws IOException {
    SmallRun run = SINGLE.atTwoScales();
    run.train(folder, 6, Stage.SMALL);
    RunDirectory directory = RunDirectory.open(folder);
    assertRefused(
        folder.resolve("full") + ": the run has no whole checkpoint yet",
        () -> TrainedModel.open(directory));
    run.train(folder, 12);
    try (TrainedModel trained = TrainedModel.open(directory)) {
      for (Weight weight : trained.model().weights()) {
        assertEquals(weight.shape(), trained.value(weight).shape(), weight.name());
      }
      Provenance origin = trained.provenance();
      Likelihood small = validation(directory.stage(Stage.SMALL));
      Likelihood full = validation(directory.stage(Stage.FULL));
      double nats = small.getNatsPerImage() + full.getNatsPerImage();
      assertEquals(nats, origin.getMeasured().getNatsPerImage(), 1e-9);
      assertEquals(
          new ImageShape(6, 4, 1, 2).bitsPerDimension(nats),
          origin.getMeasured().getBitsPerDim(),
          1e-9);
      assertFalse(origin.getMeasured().getBound());
    }
  }

  @Test
  void aFolderOfOneStageIsNotTheModel() throws IOException {
    SINGLE.atTwoScales().train(folder, 2);
    RunDirectory small = RunDirectory.open(folder.resolve("small"));
    assertRefused(
        folder.resolve("small")
            + ": is one stage of a multi-scale model; expected the folder that has both stages",
        () -> TrainedModel.open(small));
    assertEquals(List.of(Stage.SMALL), small.stages());
    assertThrows(InputException.class, () -> small.stage(Stage.FULL));
  }

  @Test
  void aSingleNetworkHasNoStages() throws IOException {
    SINGLE.train(folder, 2);
    RunDirectory directory = RunDirectory.open(folder);
    assertEquals(List.of(Stage.WHOLE), directory.stages());
    assertEquals(directory, directory.stage(Stage.WHOLE));
    assertRefused(
        folder + ": there is no stage small; only a multi-scale model has stages, small and full",
        () -> directory.stage(Stage.SMALL));
  }

  private static Likelihood validation(RunDirectory stage) throws IOException {
    return stage.checkpoints().best().orElseThrow().manifest().getValidation();
  }

  private static SortedMap<Long, Float> losses(Path run) throws IOException {
    return Events.curve(run.resolve("events"), "training/nats_per_image");
  }

  private static void assertRefused(String complaint, Executable action) {
    assertEquals(complaint, assertThrows(InputException.class, action).getMessage());
  }
}
