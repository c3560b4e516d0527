package org.pixelrnn.train;

import com.google.protobuf.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.records.ProtoText;
import org.pixelrnn.records.WholeFiles;

/**
 * The folder of a run. It keeps everything that training writes:
 *
 * <pre>
 *   run.textproto             the configuration and the data set
 *   checkpoints/step-…/       all variables after a step
 *   events/                   curves and samples for TensorBoard
 *   samples.png               images sampled at the last validation
 *   lock                      locked while a process trains in the folder
 * </pre>
 *
 * <p>The folder of a multi-scale model has {@code run.textproto} and two folders like the above,
 * {@code small} and {@code full}, one for each stage. Two processes may train one stage each, so
 * its own {@code lock} is held only while {@code run.textproto} is compared and written.
 *
 * @param path the folder
 * @param run the description of the run
 * @param found the description that the folder had when it was read; empty if there was none
 * @param whole the folder of the whole run, if this is the folder of one stage
 */
public record RunDirectory(Path path, Run run, Optional<Run> found, Optional<RunDirectory> whole) {
  private static final String RUN = "run.textproto";

  /**
   * Opens the run in a folder if it is the same run, or describes a new one if the folder has none.
   * Nothing is written yet.
   *
   * @param changedTraining true if the run that is there may go on with another training
   *     configuration
   * @throws InputException if the folder has another run
   */
  static RunDirectory of(Path path, Run run, boolean changedTraining) {
    if (!hasRun(path)) {
      return begun(path, run);
    }
    RunDirectory found = open(path);
    RunConfig before = found.run.getConfig();
    RunConfig now = run.getConfig();
    if (!changedTraining) {
      found.checkSame("training", before.getTraining(), now.getTraining());
      found.checkSame("small_training", Stages.smallTraining(before), Stages.smallTraining(now));
    }
    if (run.hasBegunFrom()) {
      found.checkSame(
          "starting model", found.run.getBegunFrom().getVersion(), run.getBegunFrom().getVersion());
    }
    Run.Builder resumed = found.run.toBuilder();
    if (run.hasBegunFrom()) {
      // A merge would repeat what is repeated in it.
      resumed.clearBegunFrom();
    }
    return found.resumeAs(resumed.mergeFrom(run).setConfig(now).build());
  }

  /** A run that begins in a folder. */
  static RunDirectory begun(Path path, Run run) {
    return new RunDirectory(path, run, Optional.empty(), Optional.empty());
  }

  /** True if a run has begun in a folder. */
  static boolean hasRun(Path path) {
    return Files.exists(path.resolve(RUN));
  }

  /**
   * Opens the folder of a run.
   *
   * @throws InputException if no run was begun there, or its description cannot be read or is not
   *     whole
   */
  public static RunDirectory open(Path path) {
    Path description = path.resolve(RUN);
    try {
      Run run = ProtoText.read(description, Run.class);
      check(description, run);
      return new RunDirectory(path, run, Optional.of(run), Optional.empty());
    } catch (NoSuchFileException e) {
      throw new InputException(path + ": no run was begun here (there is no " + RUN + ")", e);
    } catch (IOException e) {
      throw new InputException(description + ": cannot be read: " + InputException.reason(e), e);
    }
  }

  private static void check(Path description, Run run) {
    if (!run.hasConfig() || !run.hasDatasetDigest()) {
      throw new InputException(
          description + ": is not whole; expected a configuration and the digest of a data set");
    }
    try {
      TrainingRules.check(run.getConfig());
    } catch (InputException e) {
      throw new InputException(description + ": " + e.getMessage(), e);
    }
  }

  /**
   * The same run, perhaps with another training configuration.
   *
   * @throws InputException if it has another network, other data, another seed, another batch size
   *     or another kind of optimizer
   */
  private RunDirectory resumeAs(Run resumed) {
    RunConfig before = run.getConfig();
    RunConfig now = resumed.getConfig();
    checkSame("model", before.getModel(), now.getModel());
    checkSame("data", before.getData(), now.getData());
    checkSame("training.seed", before.getTraining().getSeed(), now.getTraining().getSeed());
    checkSame(
        "training.optimizer",
        before.getTraining().getOptimizerCase(),
        now.getTraining().getOptimizerCase());
    checkSame(
        "training.batch_size (steps, epochs and the place in the data are counted in batches)",
        before.getTraining().getBatchSize(),
        now.getTraining().getBatchSize());
    checkSame(
        "data set's digest" + placeOfData(resumed),
        run.getDatasetDigest(),
        resumed.getDatasetDigest());
    return new RunDirectory(path, resumed, found, whole);
  }

  /**
   * The stages that are trained in this folder, in their order. A model of one network has the
   * stage {@link Stage#WHOLE} only.
   */
  public List<Stage> stages() {
    return run.getStage() == Stage.WHOLE
        ? Stages.of(run.getConfig().getModel())
        : List.of(run.getStage());
  }

  /**
   * The folder of a stage, whose run may have begun or not.
   *
   * @throws InputException if the model has no such stage, or the stage has begun as another run
   */
  public RunDirectory stage(Stage stage) {
    if (!stages().contains(stage)) {
      throw new InputException(
          path
              + ": there is no stage "
              + Stages.name(stage)
              + "; only a multi-scale model has stages, small and full");
    }
    if (stage == run.getStage()) {
      return this;
    }
    Path folder = path.resolve(Stages.name(stage));
    Run ofStage = Stages.run(run, stage);
    RunDirectory directory =
        hasRun(folder) ? open(folder).resumeAs(ofStage) : begun(folder, ofStage);
    return new RunDirectory(folder, directory.run, directory.found, Optional.of(this));
  }

  /** The run's checkpoints. */
  Checkpoints checkpoints() {
    return new Checkpoints(
        path.resolve("checkpoints"), run.getConfig().getTraining().getKeepCheckpoints());
  }

  /** The folder of TensorBoard's events. */
  Path events() {
    return events(path);
  }

  /** The folder of TensorBoard's events in the folder of a run or a stage. */
  static Path events(Path folder) {
    return folder.resolve("events");
  }

  /** The picture of sampled images. */
  Path samples() {
    return path.resolve("samples.png");
  }

  /**
   * Makes the folder and writes the description of the run.
   *
   * @throws InputException if the folder cannot be written to, or if another process has changed
   *     the description after it was read
   */
  void write() {
    whole.ifPresent(RunDirectory::write);
    try {
      WholeFiles.makeFolder(path);
      if (whole.isEmpty() && run.getStage() == Stage.WHOLE && stages().size() > 1) {
        RunLock.alone(path, this::writeIfUnchanged);
      } else {
        ProtoText.write(path.resolve(RUN), run);
      }
    } catch (IOException e) {
      throw new InputException(path + ": cannot be written to: " + InputException.reason(e), e);
    }
  }

  /** Writes the description of all stages. Processes that train other stages write it, too. */
  private void writeIfUnchanged() throws IOException {
    Optional<Run> now = hasRun(path) ? Optional.of(open(path).run) : Optional.empty();
    if (now.equals(Optional.of(run))) {
      return;
    }
    checkUnchanged(now);
    ProtoText.write(path.resolve(RUN), run);
  }

  /**
   * Checks that the description is as it was read.
   *
   * @param now the description that the folder has now
   * @throws InputException if it is another one
   */
  void checkUnchanged(Optional<Run> now) {
    if (!now.equals(found)) {
      throw new InputException(
          path.resolve(RUN)
              + ": another process has changed it meanwhile; expected it as it was when this one"
              + " read it, so start again");
    }
  }

  /** Where the data were looked for: their path may be relative. */
  private static String placeOfData(Run run) {
    return run.hasData()
        ? " (of " + run.getData() + ", seen from " + Path.of("").toAbsolutePath() + ")"
        : "";
  }

  private void checkSame(String what, Object before, Object now) {
    if (!withoutDefaults(before).equals(withoutDefaults(now))) {
      throw new InputException(
          path
              + ": cannot be resumed with another "
              + what
              + ", which was "
              + inWords(before)
              + " and is now "
              + inWords(now));
    }
  }

  private static String inWords(Object value) {
    return value instanceof Message message ? ConfigFile.oneLine(message) : value.toString();
  }

  /** A field that is set to its own default means the same as one that is not set. */
  private static Object withoutDefaults(Object value) {
    return value instanceof Message message ? ConfigFile.withoutDefaults(message) : value;
  }
}
