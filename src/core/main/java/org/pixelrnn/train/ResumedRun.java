package org.pixelrnn.train;

import com.google.protobuf.TextFormat;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.train.workers.WorkerGroup;

/**
 * The run that a command goes on with. If there are several workers, worker 0 reads it and tells
 * the others, which may have no such folder.
 *
 * @param directory the folder; empty at all workers but worker 0, or if a new run begins
 * @param run what it says, at every worker; empty if a new run begins
 */
public record ResumedRun(Optional<RunDirectory> directory, Optional<Run> run) {
  /**
   * Reads the run, or hears of it.
   *
   * @param resume true if a run is resumed; only the value at worker 0 counts
   * @throws InputException at every worker, if worker 0 cannot read the run
   */
  public static ResumedRun of(WorkerGroup workers, boolean resume, Path folder) {
    AtomicReference<RunDirectory> read = new AtomicReference<>();
    String said =
        Agreement.leaderSays(
            workers,
            () -> {
              if (!resume) {
                return "";
              }
              read.set(RunDirectory.open(folder));
              return TextFormat.printer().printToString(read.get().run());
            });
    return new ResumedRun(
        Optional.ofNullable(read.get()),
        said.isEmpty() ? Optional.empty() : Optional.of(Agreement.run(said)));
  }
}
