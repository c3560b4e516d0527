package org.pixelrnn.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.train.StageCost;

/** The output of {@code train --dry-run}: what each stage of a run costs on this machine. */
final class CostReport {
  private CostReport() {}

  /**
   * Prints a stage, for instance:
   *
   * <pre>
   *   parameters          1,024
   *   a step              16 images of 28×28×1, 2 levels: about 0.5 GB of memory (this machine has 25.3 GB)
   *   time of a step      0.031 s
   *   time of an epoch    97 seconds (3125 steps)
   *   time of the run     32 minutes (62500 steps), validations not counted
   * </pre>
   */
  static void print(StageCost cost, PrintWriter out) {
    if (cost.stage() != Stage.WHOLE) {
      line(out, "stage", "%s", TerminalProgress.name(cost.stage()));
    }
    line(out, "parameters", "%,d", cost.parameters());
    line(
        out,
        "a step",
        "%d images of %s: about %.1f GB of memory (this machine has %.1f GB)",
        cost.batchSize(),
        cost.shape(),
        cost.stepBytes() / 1e9,
        cost.machineBytes() / 1e9);
    line(out, "time of a step", "%.3f s", cost.secondsPerStep());
    line(
        out,
        "time of an epoch",
        "%s (%d steps)",
        RoughTime.of(cost.secondsPerEpoch()),
        cost.stepsPerEpoch());
    line(
        out,
        "time of the run",
        "%s (%d steps), validations not counted",
        RoughTime.of(cost.seconds()),
        cost.steps());
    out.flush();
  }

  private static void line(PrintWriter out, String name, String format, Object... values) {
    out.printf(Locale.ROOT, "%-19s %s%n", name, String.format(Locale.ROOT, format, values));
  }
}
