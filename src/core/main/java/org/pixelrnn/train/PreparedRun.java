package org.pixelrnn.train;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.pixelrnn.data.Datasets;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.train.workers.WorkerGroup;

/**
 * A run that can begin: its configuration is checked, its data are open, and its folders are
 * locked. Until it begins, no run is written.
 *
 * @param path the run directory
 * @param run what was asked for
 * @param stages in the order in which they are trained
 * @param lock held by worker 0; null at any other worker
 */
record PreparedRun(
    Path path, Run run, ImmutableList<PreparedStage> stages, RunLock lock, OpenedData data)
    implements AutoCloseable {

  /** A stage that can begin. */
  record PreparedStage(RunDirectory directory, StageData data) {}

  /**
   * Prepares a run. If anything fails, the folders and the data are released again.
   *
   * @throws org.pixelrnn.image.InputException as {@link TrainingBuilder#build}
   */
  static PreparedRun of(TrainingBuilder wanted, WorkerGroup workers) {
    AtomicReference<PreparedRun> prepared = new AtomicReference<>();
    boolean agreed = false;
    try {
      Agreement.check(
          workers,
          () -> {
            prepared.set(prepare(wanted, workers));
            return prepared.get().compared(workers);
          },
          limits(wanted));
      agreed = true;
      return prepared.get();
    } finally {
      if (!agreed && prepared.get() != null) {
        prepared.get().close();
      }
    }
  }

  /** The run as the workers compare it. Its digest is that of all data. */
  private Run compared(WorkerGroup workers) {
    return workers.count() == 1
        ? run
        : run.toBuilder().setDatasetDigest(data.data().fullDigest()).build();
  }

  private static PreparedRun prepare(TrainingBuilder wanted, WorkerGroup workers) {
    RunConfig config = wanted.config();
    Optional<StartingModel> starting = check(wanted);
    checkBatch(wanted, workers);
    OpenedData opened = OpenedData.of(wanted);
    ImageDataset data = opened.data();
    RunLock lock = null;
    boolean prepared = false;
    try {
      Run.Builder run =
          Run.newBuilder()
              .setConfig(config)
              .setDataset(data.name())
              .setDatasetDigest(data.digest());
      wanted.dataSpec().ifPresent(run::setData);
      starting.map(StartingModel::model).ifPresent(run::setBegunFrom);
      List<Stage> stages = stages(wanted);
      List<RunDirectory> directories;
      if (workers.leads()) {
        lock = RunLock.of(wanted.runDirectory(), stages);
        RunDirectory directory = directory(wanted, run.build());
        directories = stages.stream().map(directory::stage).toList();
      } else {
        directories = unwritten(wanted.runDirectory(), run.build(), stages);
      }
      ImmutableList<PreparedStage> all =
          directories.stream()
              .map(of -> new PreparedStage(of, StageData.of(data, of.run().getConfig())))
              .collect(ImmutableList.toImmutableList());
      for (PreparedStage stage : all) {
        Run ofStage = stage.directory().run();
        MemoryRule.check(share(ofStage.getConfig(), workers), ofStage.getStage(), wanted.machine());
      }
      prepared = true;
      return new PreparedRun(wanted.runDirectory(), run.build(), all, lock, opened);
    } finally {
      if (!prepared) {
        release(lock, opened);
      }
    }
  }

  /**
   * Checks what can be checked without the data.
   *
   * @return the model whose weights the run begins with, if it was named
   */
  static Optional<StartingModel> check(TrainingBuilder wanted) {
    TrainingRules.check(wanted.config());
    Optional<StartingModel> starting = wanted.startingModel().map(StartingModel::of);
    starting.ifPresent(model -> model.check(wanted.config()));
    return starting;
  }

  /** The stages to train, in their order. */
  static List<Stage> stages(TrainingBuilder wanted) {
    return wanted.stage().map(List::of).orElseGet(() -> Stages.of(wanted.config().getModel()));
  }

  /**
   * The data of a run.
   *
   * @param owned the data again if they were opened for the run, which closes them
   */
  record OpenedData(ImageDataset data, Optional<ImageDataset> owned) implements AutoCloseable {
    static OpenedData of(TrainingBuilder wanted) {
      RunConfig config = wanted.config();
      Optional<ImageDataset> opened =
          wanted
              .dataSpec()
              .map(spec -> Datasets.open(spec, config.getData(), ImageShape.of(config.getModel())));
      return new OpenedData(opened.or(wanted::data).orElseThrow(), opened);
    }

    @Override
    public void close() {
      owned.ifPresent(ImageDataset::close);
    }
  }

  /** The configuration with this worker's share of the batch in place of the whole batch. */
  private static RunConfig share(RunConfig config, WorkerGroup workers) {
    RunConfig.Builder share = config.toBuilder();
    share
        .getTrainingBuilder()
        .setBatchSize(BatchShare.of(workers, config.getTraining().getBatchSize()).size());
    return share.build();
  }

  private static void checkBatch(TrainingBuilder wanted, WorkerGroup workers) {
    RunConfig config = wanted.config();
    for (Stage stage : stages(wanted)) {
      boolean small = stage == Stage.SMALL;
      int images = (small ? Stages.smallTraining(config) : config.getTraining()).getBatchSize();
      if (images < workers.count()) {
        throw new InputException(
            (small ? "stage small: " : "")
                + "training.batch_size = "
                + images
                + ": expected at least "
                + workers.count()
                + ", one image for each worker");
      }
    }
  }

  /** The stages as a worker sees them that writes nothing, and whose disk may be another one. */
  private static List<RunDirectory> unwritten(Path path, Run run, List<Stage> stages) {
    return stages.stream()
        .map(
            stage ->
                RunDirectory.begun(
                    Stages.folder(path, stage),
                    stage == Stage.WHOLE ? run : Stages.run(run, stage)))
        .toList();
  }

  /** The last step and the stage, which must also be the same at all workers. */
  private static String limits(TrainingBuilder wanted) {
    return "until step "
        + (wanted.maxSteps().isPresent() ? wanted.maxSteps().getAsLong() : "planned")
        + ", stage "
        + wanted.stage().map(Stages::name).orElse("all");
  }

  private static RunDirectory directory(TrainingBuilder wanted, Run run) {
    if (wanted.isNewRunOnly() && RunDirectory.hasRun(wanted.runDirectory())) {
      throw new RunExistsException(wanted.runDirectory());
    }
    wanted
        .read()
        .ifPresent(
            read ->
                read.checkUnchanged(Optional.of(RunDirectory.open(wanted.runDirectory()).run())));
    return RunDirectory.of(wanted.runDirectory(), run, wanted.isChangedTraining());
  }

  @Override
  public void close() {
    release(lock, data);
  }

  private static void release(RunLock lock, OpenedData data) {
    if (lock != null) {
      lock.close();
    }
    data.close();
  }
}
