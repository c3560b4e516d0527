package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.image.InputException;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.proto.v1.Stage;

/** A rehearsal says what a run costs, and leaves no trace. */
class RehearsalTest {
  private static final SmallRun RUN = SmallRun.pixelCnn();

  @TempDir private Path folder;

  @Test
  void eachStageHasItsCost() throws IOException {
    SmallRun run = RUN.atTwoScales();
    List<StageCost> costs = run.builder(folder.resolve("run"), 9).rehearse();
    assertEquals(List.of(Stage.SMALL, Stage.FULL), costs.stream().map(StageCost::stage).toList());
    assertEquals(
        StepMemory.parameters(Stages.network(ImageModel.of(run.config().getModel()), Stage.FULL)),
        costs.get(1).parameters());
    for (StageCost cost : costs) {
      assertEquals(8, cost.batchSize());
      assertEquals(SmallRun.STEPS_PER_EPOCH, cost.stepsPerEpoch());
      assertEquals(9, cost.steps());
      assertTrue(cost.secondsPerStep() > 0 && cost.secondsPerStep() < 10, cost.toString());
      assertEquals(9 * cost.secondsPerStep(), cost.seconds(), 1e-9);
      assertTrue(cost.stepBytes() > 0 && cost.stepBytes() < cost.machineBytes(), cost.toString());
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void refusesWhatARunRefuses() {
    assertThrows(
        InputException.class, () -> RUN.with(t -> t.setBatchSize(0)).builder(folder).rehearse());
    assertThrows(
        InputException.class,
        () -> RUN.builder(folder).machine(new MachineMemory(1_000_000)).rehearse());
    assertThrows(IllegalStateException.class, () -> Training.builder(RUN.config()).rehearse());
  }
}
