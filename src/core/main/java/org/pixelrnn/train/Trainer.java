package org.pixelrnn.train;

import com.google.common.base.Throwables;
import com.google.common.primitives.Floats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.pixelrnn.data.Prefetch;
import org.pixelrnn.image.InputException;
import org.pixelrnn.model.graph.LatinDigits;
import org.pixelrnn.proto.v1.Checkpoint;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.proto.v1.TrainingConfig;
import org.pixelrnn.train.workers.WorkerGroup;

/**
 * Trains one stage of a model, step by step, and validates the moving averages of the weights now
 * and then.
 *
 * <p>Batches, learning rate and averaging are functions of the step's number, and a checkpoint
 * holds every variable. Hence a resumed run takes the very steps that an uninterrupted one would
 * have taken.
 */
final class Trainer implements AutoCloseable {
  /** One per core: if decoding is the slow part, all cores decode. */
  private static final int BATCHES_AHEAD = Math.max(4, Runtime.getRuntime().availableProcessors());

  private final Training training;
  private final WorkerGroup workers;
  private final Listeners listeners;
  private final StopRequest request;
  private final RunDirectory directory;
  private final Stage stage;
  private final StageData data;
  private final TrainingConfig config;
  private final long plannedSteps;
  private final Checkpoints checkpoints;
  private final TrainingGraph graph;
  private final ValidationPass validation;

  /** The number of steps taken. */
  private long step;

  /** The step of the last checkpoint. */
  private long savedStep;

  /** The validation of the present step's weights, if they were validated. */
  private Optional<Likelihood> validated = Optional.empty();

  /** Builds the graph of a stage. */
  Trainer(Training training, PreparedRun.PreparedStage prepared) {
    this.training = training;
    workers = training.workers();
    listeners = training.listeners();
    request = training.request();
    directory = prepared.directory();
    stage = directory.run().getStage();
    data = prepared.data();
    config = directory.run().getConfig().getTraining();
    plannedSteps = data.plannedSteps(config);
    checkpoints = directory.checkpoints();
    graph =
        LatinDigits.during(
            () ->
                new TrainingGraph(directory.run().getConfig(), stage, training.threads(), workers));
    validation = new ValidationPass(training, prepared, graph);
  }

  /** Trains the stage, and tells the listeners how it ended even if it failed. */
  TrainingResult.StageEnd run() {
    TrainingEvent.Began began = begin();
    EndReason why = EndReason.FAILED;
    Throwable failure = null;
    try {
      why = train(began);
    } catch (Listeners.ListenerFailedException e) {
      failure = Listeners.join(e.getCause(), saveLastStep());
    } catch (IOException e) {
      failure = new UncheckedIOException(e.getMessage(), e);
    } catch (RuntimeException e) {
      failure = workers.reason(e);
    } catch (Error e) {
      failure = e;
    }
    TrainingEvent.Ended ended =
        new TrainingEvent.Ended(stage, step, why, Optional.ofNullable(failure));
    failure = Listeners.join(failure, listeners.tellEnded(ended).orElse(null));
    if (failure != null) {
      Throwables.throwIfUnchecked(failure);
      throw new UndeclaredThrowableException(failure);
    }
    return new TrainingResult.StageEnd(stage, step, validated, why);
  }

  /** Saves the last step after a listener has failed. Returns why this failed too, or null. */
  private Throwable saveLastStep() {
    try {
      if (step > savedStep && workers.leads()) {
        checkpoints.save(graph, Checkpoint.newBuilder().setStep(step).build());
      }
      return null;
    } catch (IOException | RuntimeException | Error e) {
      return e;
    }
  }

  /**
   * Restores the last checkpoint. Without one, sets the weights that the run begins with. The
   * description of the run is written after that: if the weights cannot be read, it stays as it
   * was. Worker 0 does this, and the others receive its weights.
   */
  private TrainingEvent.Began begin() {
    AtomicReference<TrainingEvent.Began> atLeader = new AtomicReference<>();
    String reached =
        Agreement.leaderSays(
            workers,
            () -> {
              atLeader.set(restoreOrBegin());
              return CheckpointText.of(step, validated);
            });
    graph.shareVariables();
    if (workers.leads()) {
      return atLeader.get();
    }
    Checkpoint last = CheckpointText.parse(reached);
    step = last.getStep();
    savedStep = step;
    validated = last.hasValidation() ? Optional.of(last.getValidation()) : Optional.empty();
    return began(Optional.empty(), Optional.empty(), 0);
  }

  private TrainingEvent.Began restoreOrBegin() {
    Optional<WholeCheckpoint> last;
    Optional<WholeCheckpoint> best;
    try {
      last = checkpoints.toResume();
      best = checkpoints.best().filter(stored -> stored.validation().isPresent());
    } catch (IOException e) {
      throw new InputException(
          directory.path() + ": the checkpoints cannot be read: " + InputException.reason(e), e);
    }
    last.ifPresent(this::restore);
    Optional<StartingWeights> starting =
        last.isPresent() ? Optional.empty() : StartingWeights.of(directory.run(), graph.network());
    starting.ifPresent(graph.files()::startFrom);
    directory.write();
    step = last.map(WholeCheckpoint::step).orElse(0L);
    savedStep = step;
    validated = last.flatMap(WholeCheckpoint::validation);
    return began(
        starting.map(StartingWeights::version),
        best.flatMap(WholeCheckpoint::validation),
        best.map(stored -> validationsSince(stored.step())).orElse(0L));
  }

  private TrainingEvent.Began began(
      Optional<Path> startingModel, Optional<Likelihood> best, long validationsSinceBest) {
    return new TrainingEvent.Began(
        stage,
        directory.path(),
        graph.network().shape(),
        config.getBatchSize(),
        step,
        Math.max(step, Math.min(plannedSteps, training.maxSteps().orElse(plannedSteps))),
        startingModel,
        best,
        validationsSinceBest);
  }

  private void restore(WholeCheckpoint stored) {
    try {
      graph.files().restore(stored.variables());
    } catch (IOException e) {
      throw new InputException(
          stored.folder()
              + ": its variables cannot be read as this run's: "
              + InputException.reason(e),
          e);
    }
  }

  private long validationsSince(long earlierStep) {
    // If the validation of the last step was interrupted, it is still to come.
    long done = validated.isPresent() ? step : step - 1;
    return data.validations(done) - data.validations(earlierStep);
  }

  private EndReason train(TrainingEvent.Began began) throws IOException {
    long end = began.lastStep();
    listeners.tellBegan(training, began);
    if (step > 0 && validated.isEmpty() && isValidated(step, end)) {
      // The run was stopped during this validation, or its end was a later step.
      validate();
    }
    steps(began);
    if (step > savedStep) {
      save();
    }
    if (step > 0 && validated.isEmpty() && !request.ofRun()) {
      // The stage was asked to end between two validations.
      validate();
    }
    if (request.ofRun() && (step < end || validated.isEmpty())) {
      return EndReason.STOPPED;
    }
    return step >= plannedSteps
        ? EndReason.FINISHED
        : step >= end ? EndReason.STEP_LIMIT : EndReason.ENDED_EARLY;
  }

  private void steps(TrainingEvent.Began began) throws IOException {
    LearningRateSchedule schedule =
        new LearningRateSchedule(config.getLearningRate(), plannedSteps);
    long nanos = 0;
    BatchShare share = BatchShare.of(workers, config.getBatchSize());
    try (Prefetch ahead =
        new Prefetch(
            number -> data.training().batch(number, share.from(), share.to()),
            step,
            BATCHES_AHEAD)) {
      while (step < began.lastStep() && !request.isMade()) {
        long before = System.nanoTime();
        double rate = schedule.at(step);
        TrainingGraph.Step taken = graph.step(ahead.next(), step, rate, request.wishes());
        refuseNonsense(taken);
        if (!taken.signals().isEmpty()) {
          request.hear(Floats.toArray(taken.signals()));
        }
        step++;
        nanos += System.nanoTime() - before;
        validated = Optional.empty();
        long images = (step - began.firstStep()) * config.getBatchSize();
        TrainingEvent.StepTaken event = stepTaken(taken, rate, images / (nanos / 1e9));
        listeners.tell(listener -> listener.stepTaken(event));
        boolean validates = isValidated(step, began.lastStep());
        if (validates || step % config.getCheckpointEverySteps() == 0) {
          save();
        }
        if (validates) {
          validate();
        }
      }
    }
  }

  private boolean isValidated(long afterStep, long end) {
    return data.isValidated(afterStep) || afterStep == end;
  }

  private TrainingEvent.StepTaken stepTaken(
      TrainingGraph.Step taken, double rate, double imagesPerSecond) {
    return new TrainingEvent.StepTaken(
        stage,
        step,
        taken.natsPerImage(),
        graph.network().shape().bitsPerDimension(taken.natsPerImage()),
        taken.gradientNorm(),
        rate,
        imagesPerSecond,
        taken.signals().isEmpty() ? Optional.empty() : Optional.of(slowest(taken)));
  }

  private TrainingEvent.SlowestWorker slowest(TrainingGraph.Step taken) {
    List<Float> seconds = taken.signals().subList(StopRequest.WISHES, taken.signals().size());
    float most = Collections.max(seconds);
    int number = seconds.indexOf(most);
    return new TrainingEvent.SlowestWorker(number, workers.name(number), most);
  }

  /** Saves before validation, because validation may take long and can be stopped. */
  private void save() throws IOException {
    if (!workers.leads()) {
      savedStep = step;
      return;
    }
    Path saved = checkpoints.save(graph, Checkpoint.newBuilder().setStep(step).build());
    savedStep = step;
    TrainingEvent.CheckpointSaved event = new TrainingEvent.CheckpointSaved(stage, step, saved);
    listeners.tell(listener -> listener.checkpointSaved(event));
  }

  /** Validates the present step's weights, unless the run is asked to stop meanwhile. */
  private void validate() throws IOException {
    Optional<Likelihood> measured = validation.measure(step);
    if (measured.isEmpty()) {
      return;
    }
    validated = measured;
    if (!workers.leads()) {
      return;
    }
    checkpoints.validated(step, measured.get());
    // From here on everything is saved.
    TrainingEvent.Validated event =
        new TrainingEvent.Validated(stage, step, measured.get(), validation.samples());
    listeners.tell(listener -> listener.validated(event));
  }

  private void refuseNonsense(TrainingGraph.Step taken) {
    if (!Double.isFinite(taken.natsPerImage()) || !Double.isFinite(taken.gradientNorm())) {
      throw new TrainingDivergedException(step + 1, taken, lastCheckpoint());
    }
  }

  /** Empty if it cannot be read, because the failure of the step is what matters. */
  private Optional<Path> lastCheckpoint() {
    try {
      return workers.leads() ? checkpoints.last().map(WholeCheckpoint::folder) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    training.calls().closeAfterwards(graph::close);
  }
}
