package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.train.TrainingEvent.CheckpointSaved;
import org.pixelrnn.train.TrainingEvent.Ended;
import org.pixelrnn.train.TrainingEvent.StepTaken;
import org.pixelrnn.train.TrainingEvent.Validated;
import org.pixelrnn.train.TrainingEvent.Validating;

/** A run can be stopped at any moment, by any thread, and loses nothing. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class StoppingTest {
  private static final SmallRun RUN = SmallRun.pixelCnn();

  private static Uninterrupted uninterrupted;

  @TempDir private Path folder;

  @BeforeAll
  static void train() throws IOException {
    uninterrupted = Uninterrupted.of(RUN, 12);
  }

  /** Step 3 is within an epoch, and step 6 is the end of one. */
  @ParameterizedTest
  @ValueSource(longs = {3, 6})
  void anotherThreadStops(long step) throws IOException {
    Heard heard =
        Heard.actingAt(
            StepTaken.class, step, training -> await(new Thread(training::stop, "stopper")));
    TrainingResult stopped = RUN.train(folder, 12, heard);
    assertStopped(step, stopped);
    assertEquals("WHOLE Ended " + step + " STOPPED", last(heard.words()));
    uninterrupted.assertSameWhenResumed(folder);
  }

  /** The calling thread is interrupted after a step, before the step is saved. */
  @ParameterizedTest
  @ValueSource(longs = {3, 6})
  void interruptingTheCallingThreadStops(long step) throws IOException {
    Thread caller = Thread.currentThread();
    TrainingResult stopped =
        RUN.train(folder, 12, Heard.actingAt(StepTaken.class, step, interrupt(caller)));
    assertTrue(Thread.interrupted(), "the thread is still interrupted");
    assertStopped(step, stopped);
    uninterrupted.assertSameWhenResumed(folder);
  }

  /** Interrupts the caller, and gives it time to ask the run to stop. */
  private static Consumer<Training> interrupt(Thread caller) {
    return training -> {
      caller.interrupt();
      while (!training.request().ofRun()) {
        Thread.onSpinWait();
      }
    };
  }

  @Test
  void aThreadThatIsInterruptedAlreadyTakesNoStep() throws IOException {
    Heard heard = Heard.acting((training, event) -> awaitStop(training));
    Thread.currentThread().interrupt();
    TrainingResult stopped = RUN.train(folder, 12, heard);
    assertTrue(Thread.interrupted(), "the thread is still interrupted");
    assertEquals(List.of("WHOLE Began 0", "WHOLE Ended 0 STOPPED"), heard.words());
    assertTrue(stopped.stopped());
    uninterrupted.assertSameWhenResumed(folder);
  }

  @Test
  void stoppedBeforeItRunsItTakesNoStep() throws IOException {
    Heard heard = Heard.only();
    try (Training training = RUN.builder(folder, 12).listener(heard).build()) {
      training.stop();
      assertTrue(training.run().stopped());
    }
    assertEquals(List.of("WHOLE Began 0", "WHOLE Ended 0 STOPPED"), heard.words());
    uninterrupted.assertSameWhenResumed(folder);
  }

  /** At the end of an epoch, a checkpoint comes before its validation. */
  @ParameterizedTest
  @ValueSource(longs = {6, 12})
  void stoppedInValidationItIsValidatedWhenResumed(long step) throws IOException {
    Heard heard = Heard.actingAt(CheckpointSaved.class, step, Training::stop);
    TrainingResult stopped = RUN.train(folder, 12, heard);
    assertStopped(step, stopped);
    assertEquals(
        List.of(
            "WHOLE StepTaken " + step,
            "WHOLE CheckpointSaved " + step,
            "WHOLE Ended " + step + " STOPPED"),
        heard.words().subList(heard.words().size() - 3, heard.words().size()));
    Heard resumed = Heard.only();
    RUN.train(folder, 12, resumed);
    assertEquals("WHOLE Validated " + step, resumed.words().get(1));
    uninterrupted.assertSameWhenResumed(folder);
  }

  /** One of the two batches of the validation is measured already. */
  @ParameterizedTest
  @ValueSource(longs = {6, 12})
  void stoppedAmidAValidationItBeginsItAnewWhenResumed(long step) throws IOException {
    Heard heard = Heard.actingAt(Validating.class, step, Training::stop);
    assertStopped(step, RUN.train(folder, 12, heard));
    assertEquals(
        List.of("WHOLE CheckpointSaved " + step, "WHOLE Ended " + step + " STOPPED"),
        heard.words().subList(heard.words().size() - 2, heard.words().size()));
    Heard resumed = Heard.only();
    RUN.train(folder, 12, resumed);
    assertEquals("WHOLE Validated " + step, resumed.words().get(1));
    uninterrupted.assertSameWhenResumed(folder);
  }

  @Test
  void aValidationTellsHowFarItIs() {
    List<String> heard = new ArrayList<>();
    RUN.train(
        folder,
        6,
        new TrainingListener() {
          @Override
          public void validating(Validating event) {
            heard.add(event.step() + ": " + event.done() + " of " + event.total());
          }
        });
    assertEquals(List.of("6: 8 of 16", "6: 16 of 16"), heard);
  }

  @Test
  void stoppedAfterTheLastStepIsValidatedItIsFinished() {
    TrainingResult finished =
        RUN.train(folder, 12, Heard.actingAt(Validated.class, 12, Training::stop));
    assertFalse(finished.stopped());
    assertEquals(EndReason.FINISHED, finished.stages().get(0).why());
  }

  @ParameterizedTest
  @Tag("slow")
  @ValueSource(longs = {3, 12})
  void stoppedInTheSmallStageTheFullStageDoesNotBegin(long step) throws IOException {
    SmallRun run = RUN.atTwoScales();
    // At step 12 the small stage is finished already.
    TrainingResult stopped =
        run.train(
            folder,
            12,
            Heard.actingAt(step == 12 ? Ended.class : StepTaken.class, step, Training::stop));
    assertTrue(stopped.stopped());
    assertEquals(List.of(Stage.SMALL), stopped.stages().stream().map(s -> s.stage()).toList());
    assertEquals(step, stopped.steps());
    TrainingResult resumed = run.train(folder, 12);
    assertFalse(resumed.stopped());
    assertEquals(run.train(folder.resolve("whole"), 12).stages(), resumed.stages());
  }

  @Test
  void aStageThatIsEndedWithinAnEpochIsSavedAndValidated() {
    Heard heard = Heard.actingAt(StepTaken.class, 3, Training::endStage);
    TrainingResult result = RUN.train(folder, 12, heard);
    assertEquals(
        List.of(
            "WHOLE StepTaken 3",
            "WHOLE CheckpointSaved 3",
            "WHOLE Validated 3",
            "WHOLE Ended 3 ENDED_EARLY"),
        heard.words().subList(3, heard.words().size()));
    assertFalse(result.stopped());
    assertTrue(result.validation().isPresent());
  }

  @Test
  void anEndedStageIsFollowedByTheNext() {
    Heard heard = Heard.actingAt(StepTaken.class, 3, Training::endStage);
    TrainingResult result = RUN.atTwoScales().train(folder, 12, heard);
    assertEquals(
        List.of(EndReason.ENDED_EARLY, EndReason.FINISHED),
        result.stages().stream().map(s -> s.why()).toList());
    assertEquals(12, result.steps());
  }

  @Test
  void aTrainingRunsOnce() {
    try (Training training = RUN.builder(folder, 2).build()) {
      training.run();
      assertThrows(IllegalStateException.class, training::run);
    }
    Training closed = RUN.builder(folder, 2).build();
    closed.close();
    closed.close();
    assertThrows(IllegalStateException.class, closed::run);
  }

  @Test
  void closingTwiceLeavesALaterRunAlone() {
    Path run = folder.resolve("run");
    Training first = RUN.builder(run, 2).build();
    first.close();
    try (Training second = RUN.builder(run, 2).build()) {
      first.close();
      assertTrue(Files.exists(run.resolve("lock")));
      second.run();
    }
  }

  @Test
  void closedByAnotherThreadItIsStoppedAndWaitedFor() throws Exception {
    CountDownLatch third = new CountDownLatch(1);
    Heard heard =
        Heard.acting(
            (training, event) -> {
              if (event instanceof StepTaken && Heard.step(event) == 3) {
                third.countDown();
                awaitStop(training);
              }
            });
    Training training = RUN.builder(folder, 12).listener(heard).build();
    AtomicReference<TrainingResult> result = new AtomicReference<>();
    Thread runner = new Thread(() -> result.set(training.run()), "runner");
    runner.start();
    third.await();
    training.close();
    assertEquals("WHOLE Ended 3 STOPPED", last(heard.words()));
    runner.join();
    assertStopped(3, result.get());
    uninterrupted.assertSameWhenResumed(folder);
  }

  private void assertStopped(long step, TrainingResult result) throws IOException {
    assertTrue(result.stopped());
    assertEquals(EndReason.STOPPED, result.stages().get(0).why());
    assertEquals(step, result.steps());
    assertTrue(result.validation().isEmpty());
    assertEquals(
        step, RunDirectory.open(folder).checkpoints().last().orElseThrow().manifest().getStep());
  }

  private static void awaitStop(Training training) {
    while (!training.request().ofRun()) {
      Thread.onSpinWait();
    }
  }

  private static void await(Thread thread) {
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static <T> T last(List<T> list) {
    return list.get(list.size() - 1);
  }
}
