package org.pixelrnn.train;

import com.google.common.math.Quantiles;
import java.util.ArrayList;
import java.util.List;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.image.InputException;
import org.pixelrnn.model.graph.LatinDigits;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;

/** Takes a few steps of each stage of a run to find out what the run would cost. */
final class Rehearsal {
  /** Steps after the first one, in which TensorFlow still optimizes the graph. */
  private static final int STEPS = 3;

  private Rehearsal() {}

  /**
   * Measures each stage, in their order. Nothing is written.
   *
   * @throws InputException as {@link TrainingBuilder#rehearse}
   */
  static List<StageCost> of(TrainingBuilder wanted) {
    RunConfig config = wanted.config();
    PreparedRun.check(wanted);
    MachineMemory machine = wanted.machine();
    List<StageCost> costs = new ArrayList<>();
    try (PreparedRun.OpenedData opened = PreparedRun.OpenedData.of(wanted)) {
      for (Stage stage : PreparedRun.stages(wanted)) {
        RunConfig ofStage =
            Stages.run(Run.newBuilder().setConfig(config).build(), stage).getConfig();
        costs.add(cost(wanted, ofStage, stage, opened.data(), machine));
      }
    }
    return List.copyOf(costs);
  }

  private static StageCost cost(
      TrainingBuilder wanted,
      RunConfig config,
      Stage stage,
      ImageDataset images,
      MachineMemory machine) {
    StageData data = StageData.of(images, config);
    MemoryRule.check(config, stage, machine);
    int batchSize = config.getTraining().getBatchSize();
    long planned = data.plannedSteps(config.getTraining());
    try (TrainingGraph graph =
        LatinDigits.during(() -> new TrainingGraph(config, stage, wanted.threads()))) {
      return new StageCost(
          stage,
          graph.network().shape(),
          batchSize,
          StepMemory.parameters(graph.network()),
          StepMemory.of(config, stage).bytes(batchSize),
          machine.bytes(),
          secondsPerStep(graph, data),
          data.training().stepsPerEpoch(),
          Math.min(planned, wanted.maxSteps().orElse(planned)));
    }
  }

  private static double secondsPerStep(TrainingGraph graph, StageData data) {
    List<Double> seconds = new ArrayList<>();
    for (int step = 0; step <= STEPS; step++) {
      long before = System.nanoTime();
      // The learning rate does not matter: no weight is kept.
      graph.step(data.training().batch(step), step, 0);
      seconds.add((System.nanoTime() - before) / 1e9);
    }
    return Quantiles.median().compute(seconds.subList(1, seconds.size()));
  }
}
