package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.Split;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.sampler.NotAModelException;

/** What {@link TrainingBuilder#build} refuses, and what it leaves behind then. */
class TrainingBuilderTest {
  private static final SmallRun RUN = SmallRun.pixelCnn();

  @TempDir private Path folder;

  /** Reasons to refuse a new run. */
  static Stream<Named<UnaryOperator<TrainingBuilder>>> refused() {
    return Stream.of(
        Named.of("configuration", change(config -> config.getTrainingBuilder().setBatchSize(0))),
        Named.of("shape", builder -> builder.data(new Data("0", 5, 8, () -> {}))),
        Named.of("no training images", builder -> builder.data(new Data("0", 6, 0, () -> {}))),
        Named.of("stage", builder -> builder.stage(Stage.SMALL)),
        Named.of("starting model", builder -> builder.startingFrom(Path.of("no/such/model"))),
        Named.of("digest", builder -> builder.data(new Data(null, 6, 8, () -> {}))));
  }

  /** The same run with another configuration. */
  private static UnaryOperator<TrainingBuilder> change(Consumer<RunConfig.Builder> change) {
    return builder -> {
      RunConfig.Builder config = builder.config().toBuilder();
      change.accept(config);
      return Training.builder(config.build())
          .data(new SmallRun.Edges())
          .runDirectory(builder.runDirectory());
    };
  }

  @ParameterizedTest
  @MethodSource("refused")
  void aRefusedRunLeavesNothing(UnaryOperator<TrainingBuilder> with) throws IOException {
    Path run = folder.resolve("new/run");
    TrainingBuilder builder = with.apply(RUN.builder(run));
    assertThrows(RuntimeException.class, builder::build);
    assertEquals(List.of(), contents(folder));
    Files.createDirectories(run);
    assertThrows(RuntimeException.class, builder::build);
    assertEquals(List.of(), contents(run));
    assertTrue(Files.exists(run), "the folder was there before");
    RUN.train(run, 1);
  }

  @Test
  void aRefusedMultiScaleRunLeavesNothing() throws IOException {
    Path run = folder.resolve("new/run");
    assertThrows(
        InputException.class,
        () -> RUN.atTwoScales().builder(run).data(new Data("0", 5, 8, () -> {})).build());
    assertEquals(List.of(), contents(folder));
    RUN.atTwoScales().builder(run).build().close();
    assertEquals(List.of(), contents(folder), "no run has begun");
  }

  @Test
  void dataOfTheCallerStayOpen() {
    AtomicInteger closed = new AtomicInteger();
    ImageDataset data = new Data("0", 6, 8, closed::incrementAndGet);
    RUN.builder(folder, 1).data(data).build().close();
    assertThrows(
        InputException.class, () -> RUN.builder(folder).data(data).stage(Stage.SMALL).build());
    assertEquals(0, closed.get());
  }

  @Test
  void aDirectoryOfAnotherRunIsRefused() {
    RUN.train(folder, 2);
    assertRefused("training", change(config -> config.getTrainingBuilder().setBatchSize(4)));
    assertRefused("training", change(config -> config.getTrainingBuilder().setSteps(13)));
    assertRefused("model", change(config -> config.getModelBuilder().setHeadWidth(7)));
    assertRefused("data", change(config -> config.getDataBuilder().setHorizontalFlip(true)));
    assertRefused("data set's digest", builder -> builder.data(new Data("1", 6, 8, () -> {})));
    assertThrows(RunExistsException.class, () -> RUN.builder(folder).newRunOnly().build());
    RUN.builder(folder).build().close();
  }

  @Test
  void aRefusalOfOtherDataSaysWhereTheyWereLookedFor() throws IOException {
    RUN.train(folder.resolve("run"), 2);
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    BufferedImage picture = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
    for (String name : List.of("train/1.png", "val/1.png")) {
      ImageFile.write(picture, pictures.resolve(name));
    }
    Path here = Path.of("").toAbsolutePath();
    String spec = "folder:" + here.relativize(pictures);
    String message =
        assertThrows(
                InputException.class,
                () ->
                    Training.builder(RUN.config())
                        .runDirectory(folder.resolve("run"))
                        .data(spec)
                        .build())
            .getMessage();
    assertTrue(
        message.contains(
            "cannot be resumed with another data set's digest (of "
                + spec
                + ", seen from "
                + here
                + "), which was "),
        message);
  }

  @Test
  void onlyChangedTrainingMayBeAllowed() {
    RUN.train(folder, 2);
    UnaryOperator<TrainingBuilder> longer =
        change(config -> config.getTrainingBuilder().setSteps(13));
    longer.apply(RUN.builder(folder)).changedTraining().build().close();
    UnaryOperator<TrainingBuilder> seed = change(config -> config.getTrainingBuilder().setSeed(2));
    assertThrows(
        InputException.class, () -> seed.apply(RUN.builder(folder)).changedTraining().build());
  }

  /** Whoever reads a run's description and then makes a new one of it must not undo a change. */
  @Test
  void aRunThatHasChangedSinceItWasReadIsRefused() throws IOException {
    RUN.train(folder, 2);
    RunDirectory read = RunDirectory.open(folder);
    RUN.builder(folder).resumes(read).build().close();
    RUN.with(training -> training.setSteps(18)).train(folder, 3);
    byte[] description = Files.readAllBytes(folder.resolve("run.textproto"));
    InputException refused =
        assertThrows(
            InputException.class,
            () -> RUN.builder(folder).resumes(read).changedTraining().build());
    assertTrue(
        refused
            .getMessage()
            .startsWith(folder.resolve("run.textproto") + ": another process has changed it"),
        refused.getMessage());
    assertArrayEquals(description, Files.readAllBytes(folder.resolve("run.textproto")));
    RUN.builder(folder).changedTraining().build().close();
  }

  /** Steps are counted in batches: with other batches the run would jump to other images. */
  @Test
  void anotherBatchSizeIsNeverAllowed() {
    RUN.train(folder.resolve("run"), 2);
    SmallRun larger = RUN.with(training -> training.setBatchSize(16));
    assertRefused(
        folder.resolve("run"),
        "training.batch_size (steps, epochs and the place in the data are counted in batches)",
        builder -> larger.builder(folder.resolve("run")).changedTraining());
    SmallRun scales = RUN.atTwoScales();
    scales.train(folder.resolve("scales"), 2);
    RunConfig.Builder small = scales.config().toBuilder();
    small.getSmallTrainingBuilder().setBatchSize(4);
    assertRefused(
        folder.resolve("scales/small"),
        "training.batch_size (steps, epochs and the place in the data are counted in batches)",
        builder ->
            new SmallRun(small.build(), 1).builder(folder.resolve("scales")).changedTraining());
  }

  @Test
  void aFieldSetToItsOwnDefaultIsNotAnotherRun() {
    RUN.train(folder, 2);
    change(
            config -> {
              config.getTrainingBuilder().setAveragingDecay(0.999).setSeed(1);
              config.getTrainingBuilder().getLearningRateBuilder().setWarmupSteps(0);
              config.getDataBuilder().setHorizontalFlip(false);
              config.getModelBuilder().setSkip(false);
            })
        .apply(RUN.builder(folder))
        .build()
        .close();
    // The default batch size overrides the other one, so this is another run.
    SmallRun scales = RUN.atTwoScales();
    Path multi = folder.resolve("multi");
    scales.train(multi, 2);
    RunConfig.Builder small = scales.config().toBuilder();
    small.getSmallTrainingBuilder().setBatchSize(16);
    InputException refused =
        assertThrows(
            InputException.class, () -> new SmallRun(small.build(), 1).builder(multi).build());
    assertTrue(refused.getMessage().contains("another small_training"), refused.getMessage());
  }

  @Test
  void aRunMayStartFromAModel() {
    Path model = RUN.train(folder.resolve("first"), 12).export(folder.resolve("model"));
    Path run = folder.resolve("second");
    Heard heard = Heard.only();
    try (Training training =
        RUN.builder(run, 2).startingFrom(folder.resolve("model")).listener(heard).build()) {
      training.run();
    }
    TrainingEvent.Began began = heard.events(TrainingEvent.Began.class).get(0);
    assertEquals(Optional.of(model), began.startingModel());
    assertEquals(model.toString(), RunDirectory.open(run).run().getBegunFrom().getVersion());
    Heard resumed = Heard.only();
    RUN.train(run, 4, resumed);
    assertEquals(
        Optional.empty(), resumed.events(TrainingEvent.Began.class).get(0).startingModel());
    Path other = RUN.train(folder.resolve("third"), 1).export(folder.resolve("other"));
    assertRefused(run, "starting model", builder -> builder.startingFrom(other));
    InputException network =
        assertThrows(
            InputException.class,
            () ->
                change(config -> config.getModelBuilder().setHeadWidth(7))
                    .apply(RUN.builder(folder.resolve("fourth")))
                    .startingFrom(model)
                    .build());
    assertTrue(network.getMessage().contains("of another network"), network.getMessage());
    assertThrows(
        NotAModelException.class,
        () -> RUN.builder(folder.resolve("fourth")).startingFrom(folder).build());
  }

  @Test
  void requiresADirectoryAndData() {
    TrainingBuilder none = Training.builder(RUN.config());
    assertThrows(IllegalStateException.class, none::build);
    assertThrows(IllegalStateException.class, none.runDirectory(folder)::build);
    none.data(new SmallRun.Edges()).data("strokes");
    assertThrows(IllegalStateException.class, none::build);
    assertThrows(IllegalArgumentException.class, () -> none.maxSteps(0));
    assertThrows(IllegalArgumentException.class, () -> none.threads(-1));
  }

  private void assertRefused(String what, UnaryOperator<TrainingBuilder> with) {
    assertRefused(folder, what, with);
  }

  private static void assertRefused(Path run, String what, UnaryOperator<TrainingBuilder> with) {
    InputException refused =
        assertThrows(InputException.class, () -> with.apply(RUN.builder(run)).build());
    String expected = run + ": cannot be resumed with another " + what + ", which was ";
    assertTrue(refused.getMessage().startsWith(expected), refused.getMessage());
  }

  private static List<Path> contents(Path of) throws IOException {
    try (Stream<Path> files = Files.list(of)) {
      return files.toList();
    }
  }

  /** Black pictures that are 4 pixels wide. If {@code digest} is null, it cannot be computed. */
  private record Data(String digest, int height, int count, Runnable closing)
      implements ImageDataset {
    @Override
    public void close() {
      closing.run();
    }

    @Override
    public String digest() {
      if (digest == null) {
        throw new InputException("the digest cannot be computed");
      }
      return digest;
    }

    @Override
    public ImageShape shape() {
      return new ImageShape(height, 4, 1, 256);
    }

    @Override
    public int size(Split split) {
      return count;
    }

    @Override
    public void read(Split split, long epoch, int index, byte[] into) {}

    @Override
    public String name() {
      return "data";
    }
  }
}
