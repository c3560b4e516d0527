package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.House;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.sampler.Sampler;
import org.slf4j.LoggerFactory;

/** A run from its beginning to its end: its events, its result, and how it is resumed. */
class TrainingTest {
  private static final SmallRun RUN = SmallRun.pixelCnn();

  @TempDir private Path folder;

  @Test
  void listenersHearOfEverythingInOrder() {
    Heard heard = Heard.only();
    TrainingResult result = RUN.train(folder, 12, heard);
    assertEquals(epochs("WHOLE", 12, "FINISHED"), heard.words());
    TrainingEvent.Began began = heard.events(TrainingEvent.Began.class).get(0);
    assertEquals(
        new TrainingEvent.Began(
            Stage.WHOLE,
            folder,
            new ImageShape(6, 4, 1, 2),
            8,
            0,
            12,
            Optional.empty(),
            Optional.empty(),
            0),
        began);
    assertEquals(List.of(Stage.WHOLE), result.stages().stream().map(s -> s.stage()).toList());
    assertEquals(12, result.steps());
    assertEquals(EndReason.FINISHED, result.stages().get(0).why());
    assertFalse(result.stopped());
    Likelihood last = heard.events(TrainingEvent.Validated.class).get(1).likelihood();
    assertEquals(Optional.of(last), result.validation());
  }

  @Test
  void eventsHaveTheNumbersOfTheRun() throws IOException {
    Heard heard = Heard.only();
    RUN.with(training -> training.getLearningRateBuilder().setInitial(0.02).setWarmupSteps(2))
        .train(folder, 7, heard);
    for (TrainingEvent.StepTaken step : heard.events(TrainingEvent.StepTaken.class)) {
      assertEquals(
          new ImageShape(6, 4, 1, 2).bitsPerDimension(step.nats()), step.bitsPerDim(), 1e-9);
      assertEquals(step.step() == 1 ? 0.01 : 0.02, step.learningRate(), 1e-9);
      assertTrue(step.gradientNorm() > 0 && step.imagesPerSecond() > 0, step.toString());
    }
    for (TrainingEvent.CheckpointSaved saved : heard.events(TrainingEvent.CheckpointSaved.class)) {
      assertEquals(folder.resolve("checkpoints/step-0000000" + saved.step()), saved.checkpoint());
      assertTrue(Files.exists(saved.checkpoint().resolve("manifest.textproto")));
    }
    TrainingEvent.Validated validated = heard.events(TrainingEvent.Validated.class).get(0);
    assertEquals(16, validated.likelihood().getImages());
    assertEquals("validation", validated.likelihood().getSplit());
    assertEquals(36, validated.samples().count());
    assertEquals(
        validated.likelihood(),
        RunDirectory.open(folder).checkpoints().all().get(0).validation().orElseThrow());
  }

  @Test
  void aMultiScaleModelTrainsBothStages() {
    Heard heard = Heard.only();
    TrainingResult result = RUN.atTwoScales().train(folder, 6, heard);
    List<String> expected =
        Stream.of(epochs("SMALL", 6, "STEP_LIMIT"), epochs("FULL", 6, "STEP_LIMIT"))
            .flatMap(List::stream)
            .toList();
    assertEquals(expected, heard.words());
    assertEquals(
        List.of(Stage.SMALL, Stage.FULL), result.stages().stream().map(s -> s.stage()).toList());
    List<TrainingEvent.Began> began = heard.events(TrainingEvent.Began.class);
    assertEquals(folder.resolve("small"), began.get(0).directory());
    assertEquals(new ImageShape(3, 2, 1, 2), began.get(0).shape());
    assertEquals(folder.resolve("full"), began.get(1).directory());
    assertEquals(new ImageShape(6, 4, 1, 2), began.get(1).shape());
  }

  /** A folder that is not empty takes the picture's place. */
  @Test
  void aPictureThatCannotBeWrittenDoesNotEndTheRun() throws IOException {
    Files.createDirectories(folder.resolve("samples.png/full"));
    TrainingResult result = RUN.train(folder, 12);
    assertEquals(EndReason.FINISHED, result.stages().get(0).why());
    assertTrue(
        RunDirectory.open(folder).checkpoints().last().orElseThrow().validation().isPresent());
  }

  @Test
  void aFinishedRunIsNotTrainedFurther() {
    TrainingResult first = RUN.train(folder, 12);
    Heard heard = Heard.only();
    assertEquals(first, RUN.train(folder, 12, heard));
    assertEquals(List.of("WHOLE Began 12", "WHOLE Ended 12 FINISHED"), heard.words());
    assertEquals(first.validation(), heard.events(TrainingEvent.Began.class).get(0).best());
  }

  @Test
  void aRunBeyondItsStepLimitTakesNoStep() {
    RUN.train(folder, 8);
    Heard heard = Heard.only();
    TrainingResult result = RUN.train(folder, 6, heard);
    assertEquals(List.of("WHOLE Began 8", "WHOLE Ended 8 STEP_LIMIT"), heard.words());
    assertEquals(8, heard.events(TrainingEvent.Began.class).get(0).lastStep());
    assertEquals(8, result.steps());
  }

  @Test
  void theResultExportsTheBestCheckpoint() {
    TrainingResult result = RUN.train(folder.resolve("run"), 12);
    Path version = result.export(folder.resolve("model"));
    assertEquals(folder.resolve("model/1"), version);
    try (Sampler sampler = Sampler.open(version)) {
      assertEquals(2, sampler.sample(2, 1, 1).count());
      assertEquals("edges", sampler.provenance().orElseThrow().getDataset());
    }
  }

  @Test
  void nothingIsPrinted() {
    // This makes slf4j say first that there is no binding.
    LoggerFactory.getLogger(TrainingTest.class);
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      System.setOut(stream);
      System.setErr(stream);
      RUN.atTwoScales().train(folder.resolve("run"), 2).export(folder.resolve("model"));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    assertEquals("", printed.toString(StandardCharsets.UTF_8));
  }

  /** The process belongs to the program that uses the library. */
  @Test
  void theLibraryHasNoShutdownHookAndNeverPrintsOrExits() {
    JavaClasses library = House.onClassPath();
    GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(library);
    ArchRuleDefinition.noClasses()
        .should()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "halt", int.class)
        .orShould()
        .callMethod(Runtime.class, "addShutdownHook", Thread.class)
        .check(library);
  }

  /** The words of an uninterrupted stage. */
  private static List<String> epochs(String stage, int steps, String why) {
    Stream<String> training =
        IntStream.rangeClosed(1, steps)
            .boxed()
            .flatMap(
                step ->
                    step % SmallRun.STEPS_PER_EPOCH == 0
                        ? Stream.of("StepTaken ", "CheckpointSaved ", "Validated ")
                            .map(what -> what + step)
                        : Stream.of("StepTaken " + step));
    return Stream.of(Stream.of("Began 0"), training, Stream.of("Ended " + steps + " " + why))
        .flatMap(all -> all)
        .map(words -> stage + " " + words)
        .toList();
  }
}
