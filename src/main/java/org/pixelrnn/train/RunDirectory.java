package org.pixelrnn.train;

import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.proto.v1.Stage;

/**
 * All that a training run leaves behind, in one folder.
 *
 * <pre>
 *   run.textproto             what is trained, and on what
 *   checkpoints/step-…/       see {@link Checkpoints}
 *   events/                   for TensorBoard
 *   samples.png               drawn after the last epoch
 * </pre>
 *
 * <p>That of a multi-scale model has {@code run.textproto} and one such folder for each stage,
 * {@code small} and {@code full}.
 *
 * @param path of the folder
 * @param run its description
 * @param whole the folder that this is a stage of, if it is one
 */
public record RunDirectory(Path path, Run run, Optional<RunDirectory> whole) {
  private static final String RUN = "run.textproto";

  /**
   * A new run in a folder that has none; nothing is written before it begins.
   *
   * @throws InputException if there is a run already
   */
  public static RunDirectory begin(Path path, Run run) {
    Path description = path.resolve(RUN);
    if (Files.exists(description)) {
      throw new InputException(
          path
              + ": there is a run already; --resume goes on with it, another --run-dir begins anew");
    }
    return new RunDirectory(path, run, Optional.empty());
  }

  /**
   * The run of a folder.
   *
   * @throws InputException if there is none
   */
  public static RunDirectory open(Path path) {
    Path description = path.resolve(RUN);
    try {
      return new RunDirectory(
          path, TextFormat.parse(Files.readString(description), Run.class), Optional.empty());
    } catch (NoSuchFileException e) {
      throw new InputException(path + ": no run was begun here (there is no " + RUN + ")", e);
    } catch (IOException e) {
      throw new InputException(description + ": cannot be read: " + InputException.reason(e), e);
    }
  }

  /**
   * The same run, gone on with under another training configuration.
   *
   * @param resumed of the same network, data and seed
   * @throws InputException if it is another network, other data or another seed
   */
  public RunDirectory resumeAs(Run resumed) {
    same("model", run.getConfig().getModel(), resumed.getConfig().getModel());
    same("data", run.getConfig().getData(), resumed.getConfig().getData());
    same(
        "training.seed",
        run.getConfig().getTraining().getSeed(),
        resumed.getConfig().getTraining().getSeed());
    same(
        "training.optimizer",
        run.getConfig().getTraining().getOptimizerCase(),
        resumed.getConfig().getTraining().getOptimizerCase());
    same("data set's digest", run.getDatasetDigest(), resumed.getDatasetDigest());
    return new RunDirectory(path, resumed, whole);
  }

  /** The stages in the order in which they are trained; of a single network, the run itself. */
  public List<Stage> stages() {
    return run.getStage() == Stage.WHOLE
        ? Stages.of(run.getConfig().getModel())
        : List.of(run.getStage());
  }

  /**
   * The folder of a stage, in which its run has begun or not.
   *
   * @throws InputException if the model has no such stage, or it has begun as another run
   */
  public RunDirectory stage(Stage stage) {
    if (!stages().contains(stage)) {
      throw new InputException(
          path
              + ": there is no stage "
              + Stages.name(stage)
              + "; only a model of multi_scale is trained in stages, small and full");
    }
    if (stage == run.getStage()) {
      return this;
    }
    Path folder = path.resolve(Stages.name(stage));
    Run ofStage = Stages.run(run, stage);
    RunDirectory directory =
        Files.exists(folder.resolve(RUN))
            ? open(folder).resumeAs(ofStage)
            : new RunDirectory(folder, ofStage, Optional.empty());
    return new RunDirectory(folder, directory.run, Optional.of(this));
  }

  /** The run's checkpoints. */
  public Checkpoints checkpoints() {
    return new Checkpoints(
        path.resolve("checkpoints"), run.getConfig().getTraining().getKeepCheckpoints());
  }

  /** Where TensorBoard's events are. */
  public Path events() {
    return path.resolve("events");
  }

  /** The picture of what the network draws. */
  public Path samples() {
    return path.resolve("samples.png");
  }

  /**
   * Keeps other processes from training in the same folder until closed, or until this one ends.
   *
   * @throws InputException if one does already
   */
  FileChannel lock() throws IOException {
    FileChannel channel =
        FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException heldByThisProcess) {
      // As if held by another.
    }
    channel.close();
    throw new InputException(path + ": another process is training in this folder");
  }

  /**
   * Makes the folder and writes down what the run is.
   *
   * @throws InputException if that cannot be done
   */
  void write() {
    whole.ifPresent(RunDirectory::write);
    Path description = path.resolve(RUN);
    Path unfinished = path.resolve(RUN + ".tmp");
    try {
      Files.createDirectories(path);
      Files.writeString(unfinished, TextFormat.printer().printToString(run));
      Files.move(unfinished, description, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new InputException(path + ": cannot be written to: " + InputException.reason(e), e);
    }
  }

  private void same(String what, Object before, Object now) {
    if (!before.equals(now)) {
      throw new InputException(
          path
              + ": cannot be resumed with another "
              + what
              + ", which was "
              + oneLine(before)
              + " and is now "
              + oneLine(now));
    }
  }

  private static String oneLine(Object value) {
    return "{" + value.toString().strip().replaceAll("\\s+", " ") + "}";
  }
}
