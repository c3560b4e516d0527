package org.pixelrnn.train;

import com.google.common.base.Preconditions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.pixelrnn.data.Datasets;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.QuietStart;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.train.workers.WorkerGroup;

/**
 * Describes a run of {@link Training}. {@link #runDirectory} and one of the two {@code data} are
 * required.
 */
public final class TrainingBuilder {
  /** How long a worker waits for the others. */
  private static final Duration TIME_TO_JOIN = Duration.ofMinutes(5);

  private final RunConfig config;
  private ImageDataset data;
  private String dataSpec;
  private Path runDirectory;
  private final List<TrainingListener> listeners = new ArrayList<>();
  private Path startingModel;
  private OptionalLong maxSteps = OptionalLong.empty();
  private int threads;
  private Stage stage;
  private boolean newRunOnly;
  private boolean changedTraining;
  private RunDirectory read;
  private MachineMemory machine = MachineMemory.ofThisMachine();
  private WorkerGroup workers;

  TrainingBuilder(RunConfig config) {
    this.config = Preconditions.checkNotNull(config);
  }

  /** Trains on a data set. The caller closes it after the run. */
  public TrainingBuilder data(ImageDataset images) {
    this.data = Preconditions.checkNotNull(images);
    return this;
  }

  /** Trains on a data set that {@link Datasets#open} opens, for instance {@code mnist:DIR}. */
  public TrainingBuilder data(String spec) {
    this.dataSpec = Preconditions.checkNotNull(spec);
    return this;
  }

  /**
   * Keeps checkpoints, TensorBoard's events and samples in a folder. A run that is there is
   * resumed.
   */
  public TrainingBuilder runDirectory(Path folder) {
    this.runDirectory = Preconditions.checkNotNull(folder);
    return this;
  }

  /** Adds a listener. Listeners hear of an event in the order in which they were added. */
  public TrainingBuilder listener(TrainingListener listener) {
    listeners.add(Preconditions.checkNotNull(listener));
    return this;
  }

  /**
   * Begins a new run with the weights of an exported model instead of random ones.
   *
   * <p>The model is that of the run. Or the run's model is multi-scale, and this one is its full
   * network without the condition: then the full network begins with its weights and at first takes
   * no notice of the small image, and the small network's weights are random.
   *
   * @param model the model's folder, which stands for its highest version, or the folder of one
   *     version
   */
  public TrainingBuilder startingFrom(Path model) {
    this.startingModel = Preconditions.checkNotNull(model);
    return this;
  }

  /**
   * Ends each stage at a step, counted from the stage's beginning.
   *
   * @throws IllegalArgumentException if {@code steps} is less than 1
   */
  public TrainingBuilder maxSteps(long steps) {
    Preconditions.checkArgument(steps >= 1, "maxSteps = %s; expected at least 1", steps);
    this.maxSteps = OptionalLong.of(steps);
    return this;
  }

  /**
   * Limits the threads that TensorFlow uses. With one thread, two runs are equal to the last bit.
   *
   * @param count 0, the default, for one thread per core
   * @throws IllegalArgumentException if {@code count} is negative
   */
  public TrainingBuilder threads(int count) {
    Preconditions.checkArgument(count >= 0, "threads = %s; expected at least 0", count);
    this.threads = count;
    return this;
  }

  /** Trains only one stage of a multi-scale model. */
  public TrainingBuilder stage(Stage only) {
    this.stage = Preconditions.checkNotNull(only);
    return this;
  }

  /** Refuses a directory that has a run, instead of resuming the run. */
  public TrainingBuilder newRunOnly() {
    this.newRunOnly = true;
    return this;
  }

  /**
   * Lets a resumed run go on with another {@code training} configuration, for instance more epochs
   * or another learning rate. Without this, the configuration must be the one that the run began
   * with. The model, the data, the seed, the batch size and the kind of optimizer can never change.
   */
  public TrainingBuilder changedTraining() {
    this.changedTraining = true;
    return this;
  }

  /**
   * Resumes a run from whose description this one was made. If another process changes the
   * description before this one has locked the folder, {@link #build} refuses.
   */
  public TrainingBuilder resumes(RunDirectory run) {
    this.read = Preconditions.checkNotNull(run);
    return this;
  }

  /** Sets the memory of the machine, for tests. */
  TrainingBuilder machine(MachineMemory memory) {
    this.machine = memory;
    return this;
  }

  /**
   * Finds out what the run would cost: takes a few steps of each stage, with random weights, and
   * writes nothing. A run directory is not needed.
   *
   * @return a cost for each stage, in the order in which they are trained
   * @throws InputException as {@link #build}, as far as it does not concern a run directory
   * @throws IllegalStateException if not exactly one of the two {@code data} was given
   */
  public List<StageCost> rehearse() {
    checkData();
    QuietStart.begin(threads);
    return Rehearsal.of(this);
  }

  /**
   * Trains together with workers that {@link Training#join} has joined. Without this, {@link
   * #build} joins them, and waits for 5 minutes at most.
   */
  public TrainingBuilder workers(WorkerGroup all) {
    this.workers = Preconditions.checkNotNull(all);
    return this;
  }

  /**
   * Checks everything, opens the data and locks the run directory. It takes no step and writes no
   * run yet. If it throws, the data are closed again and no new folder is left.
   *
   * @throws InputException if the configuration breaks a rule, a step needs more memory than this
   *     machine or its container has (on CPUs), the data cannot be read or do not fit the model,
   *     there is no starting model in its folder or it is another network, or the directory belongs
   *     to another run, is in use, or cannot be written to; if another worker has another run, or
   *     throws this exception
   * @throws RunExistsException if the directory has a run and {@link #newRunOnly} was called
   * @throws IllegalStateException if the run directory is missing, or if not exactly one of the two
   *     {@code data} was given
   */
  public Training build() {
    Preconditions.checkState(runDirectory != null, "a run directory is required");
    checkData();
    WorkerGroup all = workers == null ? Training.join(TIME_TO_JOIN, threads) : workers;
    return new Training(this, all, PreparedRun.of(this, all));
  }

  private void checkData() {
    Preconditions.checkState(
        (data == null) != (dataSpec == null),
        "exactly one of the two is required: data(ImageDataset) or data(String)");
  }

  MachineMemory machine() {
    return machine;
  }

  List<TrainingListener> listeners() {
    return listeners;
  }

  OptionalLong maxSteps() {
    return maxSteps;
  }

  int threads() {
    return threads;
  }

  RunConfig config() {
    return config;
  }

  Optional<ImageDataset> data() {
    return Optional.ofNullable(data);
  }

  Optional<String> dataSpec() {
    return Optional.ofNullable(dataSpec);
  }

  Path runDirectory() {
    return runDirectory;
  }

  Optional<Path> startingModel() {
    return Optional.ofNullable(startingModel);
  }

  Optional<Stage> stage() {
    return Optional.ofNullable(stage);
  }

  boolean isNewRunOnly() {
    return newRunOnly;
  }

  Optional<RunDirectory> read() {
    return Optional.ofNullable(read);
  }

  boolean isChangedTraining() {
    return changedTraining;
  }
}
