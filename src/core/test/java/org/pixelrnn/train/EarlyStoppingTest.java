package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelrnn.train.TrainingEvent.Began;
import org.pixelrnn.train.TrainingEvent.CheckpointSaved;
import org.pixelrnn.train.TrainingEvent.StepTaken;
import org.pixelrnn.train.TrainingEvent.Validated;

class EarlyStoppingTest {
  /** Its steps are too small to change a weight, so only the first validation is a best one. */
  private static final SmallRun STUCK =
      SmallRun.pixelCnn()
          .with(training -> training.setSteps(60).getLearningRateBuilder().setInitial(1e-30));

  private static final SmallRun LEARNING =
      SmallRun.pixelCnn()
          .with(training -> training.setSteps(30).getLearningRateBuilder().setInitial(0.01));

  @TempDir private Path folder;

  @Test
  void endsAfterThatManyValidationsWithoutANewBest() throws IOException {
    Heard heard = Heard.only();
    TrainingResult result = STUCK.train(folder, 60, new EarlyStopping(2), heard);
    assertEquals(EndReason.ENDED_EARLY, result.stages().get(0).why());
    // Epochs of 6 steps: the best is at step 6, and steps 12 and 18 are not better.
    assertEquals(18, result.steps());
    assertEquals(3, heard.events(Validated.class).size());
    assertEquals(
        6, RunDirectory.open(folder).checkpoints().best().orElseThrow().manifest().getStep());
  }

  @Test
  void doesNotEndWhatImproves() {
    TrainingResult result = LEARNING.train(folder, 30, new EarlyStopping(1));
    assertEquals(EndReason.FINISHED, result.stages().get(0).why());
  }

  @Test
  void aRunThatHasEndedEarlyTakesNoFurtherStepWhenResumed() {
    STUCK.train(folder, 60, new EarlyStopping(2));
    Heard heard = Heard.only();
    TrainingResult resumed = STUCK.train(folder, 60, new EarlyStopping(2), heard);
    assertEquals(List.of("WHOLE Began 18", "WHOLE Ended 18 ENDED_EARLY"), heard.words());
    assertEquals(2, heard.events(Began.class).get(0).validationsSinceBest());
    assertTrue(resumed.validation().isPresent());
    assertEquals(24, STUCK.train(folder, 60, new EarlyStopping(3)).steps());
  }

  /** Within an epoch, at its end before its validation, and after its validation. */
  @ParameterizedTest
  @Tag("slow")
  @CsvSource({
    "5, STEP",
    "8, STEP",
    "12, CHECKPOINT",
    "12, VALIDATION",
    "13, STEP",
    "18, CHECKPOINT"
  })
  void aResumedRunEndsWhereAnUninterruptedOneEnds(long step, String event) {
    Class<? extends TrainingEvent> type =
        switch (event) {
          case "STEP" -> StepTaken.class;
          case "CHECKPOINT" -> CheckpointSaved.class;
          default -> Validated.class;
        };
    Heard stopping = Heard.actingAt(type, step, Training::stop);
    assertEquals(step, STUCK.train(folder, 60, new EarlyStopping(2), stopping).steps());
    TrainingResult resumed = STUCK.train(folder, 60, new EarlyStopping(2));
    assertEquals(18, resumed.steps());
    assertEquals(EndReason.ENDED_EARLY, resumed.stages().get(0).why());
  }

  @Test
  void theNextStageIsTrained() {
    SmallRun run = STUCK.atTwoScales();
    TrainingResult result = run.train(folder, 15, new EarlyStopping(1));
    assertEquals(
        List.of(EndReason.ENDED_EARLY, EndReason.ENDED_EARLY),
        result.stages().stream().map(stage -> stage.why()).toList());
    assertEquals(List.of(12L, 12L), result.stages().stream().map(stage -> stage.steps()).toList());
    Heard heard = Heard.only();
    run.train(folder, 15, new EarlyStopping(1), heard);
    assertEquals(0, heard.events(StepTaken.class).size(), "no stage is trained further");
  }

  @Test
  void refusesNoPatience() {
    assertThrows(IllegalArgumentException.class, () -> new EarlyStopping(0));
  }
}
