package org.pixelrnn.train;

import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rule that a step must fit into the memory of the machine. Without it the operating system
 * kills the process in the middle of a step. GPUs have memory of their own, for which there is no
 * rule.
 */
final class MemoryRule {
  private static final Logger log = LoggerFactory.getLogger(MemoryRule.class);

  /** A step that takes a larger share of the memory gets a warning: other processes need some. */
  private static final double SAFE_SHARE = 0.8;

  private MemoryRule() {}

  /**
   * Checks a stage before its graph is built.
   *
   * @param config a configuration that has been checked; its {@code training} is the stage's
   * @throws InputException if a step does not fit
   */
  static void check(RunConfig config, Stage stage, MachineMemory machine) {
    StepMemory memory = StepMemory.of(config, stage);
    int batchSize = config.getTraining().getBatchSize();
    long bytes = memory.bytes(batchSize);
    if (bytes <= SAFE_SHARE * machine.bytes() || GpuSupport.isPresent()) {
      return;
    }
    String needs =
        (stage == Stage.WHOLE ? "" : "stage " + Stages.name(stage) + ": ")
            + "training.batch_size = "
            + batchSize
            + ": a step needs about "
            + MachineMemory.inWords(bytes)
            + " of memory, and this machine has "
            + machine;
    if (bytes > machine.bytes()) {
      long most = memory.largestBatch(machine);
      throw new InputException(
          needs
              + "; expected "
              + (most == 0
                  ? "a smaller network or smaller images, because not even one image fits"
                  : "at most " + most));
    }
    log.warn("{}; if other processes need much memory, this one may be killed", needs);
  }
}
