package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Adam;
import org.pixelrnn.proto.v1.Checkpoint;
import org.pixelrnn.proto.v1.Cosine;
import org.pixelrnn.proto.v1.LearningRate;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.PixelCnn;
import org.pixelrnn.proto.v1.RmsProp;
import org.pixelrnn.proto.v1.TrainingConfig;
import org.tensorflow.proto.Event;

class TrainerTest {
  private static final String LOSS = "training/nats_per_image";

  @TempDir private Path folder;

  static Stream<Named<SmallRun>> runs() {
    LearningRate rate =
        LearningRate.newBuilder()
            .setInitial(0.01)
            .setWarmupSteps(3)
            .setCosine(Cosine.getDefaultInstance())
            .build();
    return Stream.of(
        Named.of("PixelCNN, Adam", SmallRun.of(pixelCnn(), adam().setLearningRate(rate))),
        Named.of(
            "PixelCNN, RMSProp, no clipping",
            SmallRun.of(
                pixelCnn(),
                TrainingConfig.newBuilder()
                    .setRmsProp(RmsProp.getDefaultInstance())
                    .setGradientClipNorm(0)
                    .setLearningRate(rate))),
        Named.of(
            "PixelCNN, centred RMSProp",
            SmallRun.of(
                pixelCnn(),
                TrainingConfig.newBuilder()
                    .setRmsProp(RmsProp.newBuilder().setCentered(true))
                    .setLearningRate(rate))));
  }

  @ParameterizedTest
  @MethodSource("runs")
  void aResumedRunTakesTheStepsOfAnUninterruptedOne(SmallRun run) throws IOException {
    Path whole = folder.resolve("whole");
    Path parts = folder.resolve("parts");
    TrainingResult uninterrupted = run.train(whole, 12);
    // Not at an epoch's end: the rest of the epoch must come in the same order.
    run.train(parts, 4);
    run.train(parts, 9);
    TrainingResult resumed = run.train(parts, 12);
    assertEquals(losses(whole), losses(parts));
    assertEquals(12, losses(whole).size());
    assertEquals(uninterrupted.stages(), resumed.stages());
  }

  @ParameterizedTest
  @MethodSource("runs")
  void withTwoThreadsToFourDecimals(SmallRun run) throws IOException {
    run.withThreads(2).train(folder.resolve("whole"), 12);
    run.withThreads(2).train(folder.resolve("parts"), 5);
    run.withThreads(2).train(folder.resolve("parts"), 12);
    SortedMap<Long, Float> whole = losses(folder.resolve("whole"));
    losses(folder.resolve("parts"))
        .forEach((step, loss) -> assertEquals(whole.get(step), loss, 1e-4f, "step " + step));
  }

  @ParameterizedTest
  @MethodSource("runs")
  void theLossFalls(SmallRun run) throws IOException {
    SmallRun longer =
        new SmallRun(
            run.config().toBuilder()
                .setTraining(run.config().getTraining().toBuilder().setSteps(150))
                .build(),
            0);
    longer.train(folder, 150);
    SortedMap<Long, Float> losses = losses(folder);
    double first = mean(losses.headMap(6L));
    double last = mean(losses.tailMap(145L));
    assertTrue(last < 0.8 * first, first + " nats at first, " + last + " at last");
  }

  @Test
  void keepsTheLastCheckpointsAndTheBest() throws IOException {
    // A learning rate that only harms after the first epoch: that epoch's weights stay the best.
    SmallRun run =
        SmallRun.of(
            pixelCnn(),
            adam()
                .setEpochs(5)
                .setAveragingDecay(0)
                .setLearningRate(LearningRate.newBuilder().setInitial(0.01)));
    TrainingResult first = run.train(folder, 6);
    SmallRun harmful =
        new SmallRun(
            run.config().toBuilder()
                .setTraining(
                    run.config().getTraining().toBuilder()
                        .setLearningRate(LearningRate.newBuilder().setInitial(3)))
                .build(),
            1);
    TrainingResult last = harmful.train(folder, 30);
    assertTrue(
        last.validation().get().getNatsPerImage() > first.validation().get().getNatsPerImage());
    Checkpoints checkpoints = RunDirectory.open(folder).checkpoints();
    List<Long> kept =
        checkpoints.all().stream().map(stored -> stored.manifest().getStep()).toList();
    assertEquals(List.of(6L, 24L, 30L), kept);
    assertEquals(6, checkpoints.best().get().manifest().getStep());
    assertEquals(30, checkpoints.last().get().manifest().getStep());
  }

  @Test
  void aDamagedCheckpointIsSkipped() throws IOException {
    SmallRun run = SmallRun.of(pixelCnn(), adam());
    run.train(folder, 12);
    Checkpoints checkpoints = RunDirectory.open(folder).checkpoints();
    Path data = checkpoints.last().get().folder().resolve("variables.data-00000-of-00001");
    byte[] bytes = Files.readAllBytes(data);
    bytes[bytes.length / 2] ^= 1;
    Files.write(data, bytes);
    assertEquals(6, checkpoints.last().get().manifest().getStep());
    Files.delete(checkpoints.last().get().folder().resolve("manifest.textproto"));
    assertTrue(checkpoints.last().isEmpty());
  }

  @Test
  void whatIsHalfWrittenIsNeverPickedUp() throws IOException {
    SmallRun run = SmallRun.of(pixelCnn(), adam());
    run.train(folder, 6);
    Checkpoints checkpoints = RunDirectory.open(folder).checkpoints();
    Path whole = checkpoints.last().get().folder();
    // All of its files are there already, but not yet its name.
    Path half = Files.createDirectory(whole.resolveSibling("step-00000009.tmp"));
    try (Stream<Path> files = Files.list(whole)) {
      for (Path file : files.toList()) {
        Files.copy(file, half.resolve(file.getFileName()));
      }
    }
    Path manifest = half.resolve("manifest.textproto");
    Files.writeString(manifest, Files.readString(manifest).replace("step: 6", "step: 9"));
    assertEquals(whole, checkpoints.last().get().folder());
    run.train(folder, 12);
    assertEquals(12, checkpoints.last().get().manifest().getStep());
  }

  @Test
  void nonsenseStopsTheRunAndIsNotSaved() throws IOException {
    SmallRun run =
        SmallRun.of(pixelCnn(), adam().setLearningRate(LearningRate.newBuilder().setInitial(0.01)));
    run.train(folder, 6);
    SmallRun diverging =
        new SmallRun(
            run.config().toBuilder()
                .setTraining(
                    run.config().getTraining().toBuilder()
                        .setLearningRate(LearningRate.newBuilder().setInitial(1e30)))
                .build(),
            1);
    TrainingDivergedException diverged =
        assertThrows(TrainingDivergedException.class, () -> diverging.train(folder, 12));
    assertTrue(diverged.getMessage().contains("diverged at step 8"), diverged.getMessage());
    assertTrue(diverged.getMessage().contains("step-00000006"), diverged.getMessage());
    Checkpoint last = RunDirectory.open(folder).checkpoints().last().get().manifest();
    assertEquals(6, last.getStep());
  }

  @Test
  void anotherNetworkOrSeedIsNotResumed() throws IOException {
    SmallRun run = SmallRun.of(pixelCnn(), adam());
    run.train(folder, 2);
    for (SmallRun other :
        List.of(
            new SmallRun(
                run.config().toBuilder()
                    .setModel(run.config().getModel().toBuilder().setHeadWidth(7))
                    .build(),
                1),
            SmallRun.of(pixelCnn(), adam().setSeed(2)),
            SmallRun.of(
                pixelCnn(),
                TrainingConfig.newBuilder().setRmsProp(RmsProp.getDefaultInstance())))) {
      InputException refused = assertThrows(InputException.class, () -> other.train(folder, 4));
      assertTrue(refused.getMessage().contains("cannot be resumed"), refused.getMessage());
    }
  }

  @Test
  void aRunIsNotBegunTwiceNorTrainedByTwo() throws IOException {
    SmallRun run = SmallRun.of(pixelCnn(), adam());
    run.train(folder, 2);
    assertThrows(
        RunExistsException.class, () -> run.builder(folder, 4).newRunOnly().build().close());
    try (Training first = run.builder(folder, 4).build()) {
      InputException refused = assertThrows(InputException.class, () -> run.train(folder, 4));
      assertTrue(refused.getMessage().contains("is training in this folder"));
      first.run();
    }
    run.train(folder, 6);
    assertThrows(InputException.class, () -> RunDirectory.open(folder.resolve("elsewhere")));
  }

  @Test
  void leavesCurvesAndPictures() throws IOException {
    SmallRun run = SmallRun.of(pixelCnn(), adam());
    assertFalse(run.train(folder, 12).stopped());
    List<Event> events = Events.read(folder.resolve("events"));
    assertEquals("brain.Event:2", events.get(0).getFileVersion());
    for (String tag :
        List.of("training/bits_per_dim", "training/gradient_norm", "training/learning_rate")) {
      assertEquals(12, Events.curve(folder.resolve("events"), tag).size(), tag);
    }
    assertEquals(
        List.of(6L, 12L),
        List.copyOf(Events.curve(folder.resolve("events"), "validation/nats_per_image").keySet()));
    long pictures =
        events.stream()
            .flatMap(event -> event.getSummary().getValueList().stream())
            .filter(value -> value.hasImage())
            .count();
    assertEquals(2, pictures);
    assertTrue(Files.size(folder.resolve("samples.png")) > 0);
  }

  @Test
  void validatesAndSamplesAsOftenAsIsAsked() throws IOException {
    SmallRun run = SmallRun.of(pixelCnn(), adam().setValidateEverySteps(5).setSampleImages(0));
    run.train(folder, 12);
    Path events = folder.resolve("events");
    assertEquals(Set.of(5L, 10L, 12L), Events.curve(events, "validation/nats_per_image").keySet());
    assertTrue(
        Events.read(events).stream()
            .flatMap(event -> event.getSummary().getValueList().stream())
            .noneMatch(value -> value.hasImage()));
    assertFalse(Files.exists(folder.resolve("samples.png")));
  }

  private SortedMap<Long, Float> losses(Path run) throws IOException {
    return Events.curve(run.resolve("events"), LOSS);
  }

  private static double mean(SortedMap<Long, Float> curve) {
    return curve.values().stream().mapToDouble(Float::doubleValue).average().orElseThrow();
  }

  private static ModelConfig.Builder pixelCnn() {
    return ModelConfig.newBuilder().setPixelCnn(PixelCnn.getDefaultInstance());
  }

  private static TrainingConfig.Builder adam() {
    return TrainingConfig.newBuilder().setAdam(Adam.getDefaultInstance());
  }
}
