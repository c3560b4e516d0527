package org.pixelrnn.train;

import com.google.common.base.Throwables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.pixelrnn.data.Prefetch;
import org.pixelrnn.data.Split;
import org.pixelrnn.evaluate.LikelihoodMean;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.SampleGrid;
import org.pixelrnn.model.graph.LatinDigits;
import org.pixelrnn.proto.v1.Checkpoint;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.proto.v1.TrainingConfig;
import org.pixelrnn.records.PathText;

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
  private final Listeners listeners;
  private final StopRequest request;
  private final RunDirectory directory;
  private final Stage stage;
  private final StageData data;
  private final Images examples;
  private final TrainingConfig config;
  private final long plannedSteps;
  private final Checkpoints checkpoints;
  private final TrainingGraph graph;
  private final LongCalls calls;

  /** The number of steps taken. */
  private long step;

  /** The step of the last checkpoint. */
  private long savedStep;

  /** The validation of the present step's weights, if they were validated. */
  private Optional<Likelihood> validated = Optional.empty();

  /** Builds the graph of a stage. */
  Trainer(Training training, PreparedRun.PreparedStage prepared) {
    this.training = training;
    listeners = training.listeners();
    request = training.request();
    directory = prepared.directory();
    stage = directory.run().getStage();
    data = prepared.data();
    config = directory.run().getConfig().getTraining();
    examples = data.examples(config.getSampleImages());
    plannedSteps = data.plannedSteps(config);
    checkpoints = directory.checkpoints();
    calls = training.calls();
    graph =
        LatinDigits.during(
            () -> new TrainingGraph(directory.run().getConfig(), stage, training.threads()));
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
    } catch (RuntimeException | Error e) {
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
      if (step > savedStep) {
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
   * was.
   */
  private TrainingEvent.Began begin() {
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
    Optional<Path> startingModel = last.isPresent() ? Optional.empty() : startingModel();
    startingModel.ifPresent(graph::startFrom);
    directory.write();
    step = last.map(WholeCheckpoint::step).orElse(0L);
    savedStep = step;
    validated = last.flatMap(WholeCheckpoint::validation);
    return new TrainingEvent.Began(
        stage,
        directory.path(),
        graph.network().shape(),
        config.getBatchSize(),
        step,
        Math.max(step, Math.min(plannedSteps, training.maxSteps().orElse(plannedSteps))),
        startingModel,
        best.flatMap(WholeCheckpoint::validation),
        best.map(stored -> validationsSince(stored.step())).orElse(0L));
  }

  private void restore(WholeCheckpoint stored) {
    try {
      graph.restore(stored.variables());
    } catch (IOException e) {
      throw new InputException(
          stored.folder()
              + ": its variables cannot be read as this run's: "
              + InputException.reason(e),
          e);
    }
  }

  private Optional<Path> startingModel() {
    Run run = directory.run();
    return run.hasBegunFrom()
        ? Optional.of(PathText.path(run.getBegunFrom().getVersion()))
        : Optional.empty();
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
    try (Prefetch ahead = new Prefetch(data.training()::batch, step, BATCHES_AHEAD)) {
      while (step < began.lastStep() && !request.isMade()) {
        long before = System.nanoTime();
        double rate = schedule.at(step);
        TrainingGraph.Step taken = graph.step(ahead.next(), step, rate);
        refuseNonsense(taken);
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
        imagesPerSecond);
  }

  /** Saves before validation, because validation may take long and can be stopped. */
  private void save() throws IOException {
    Path saved = checkpoints.save(graph, Checkpoint.newBuilder().setStep(step).build());
    savedStep = step;
    TrainingEvent.CheckpointSaved event = new TrainingEvent.CheckpointSaved(stage, step, saved);
    listeners.tell(listener -> listener.checkpointSaved(event));
  }

  /**
   * Measures the validation images. If the run is asked to stop meanwhile, this ends at once. The
   * checkpoint stays without a validation then, and a resumed run validates it first.
   */
  private void validate() throws IOException {
    try {
      validateUnlessStopped();
    } catch (CancellationException stopped) {
      // Nothing was added to the checkpoint yet.
    }
  }

  private void validateUnlessStopped() throws IOException {
    LikelihoodMean mean = LikelihoodMean.of(graph.network().shape());
    int done = 0;
    for (Images batch : data.validation()) {
      mean.add(calls.call(() -> graph.logProb(batch)));
      done += batch.count();
      TrainingEvent.Validating event =
          new TrainingEvent.Validating(stage, step, done, data.validation().count());
      listeners.tell(listener -> listener.validating(event));
    }
    String split = Split.VALIDATION.name().toLowerCase(Locale.ROOT);
    Likelihood measured = mean.likelihood().toBuilder().setSplit(split).build();
    checkpoints.validated(step, measured);
    validated = Optional.of(measured);
    // From here on everything is saved.
    TrainingEvent.Validated event = new TrainingEvent.Validated(stage, step, measured, samples());
    listeners.tell(listener -> listener.validated(event));
  }

  /**
   * Samples images, and makes a picture of them. No images if none are asked for, if it fails, or
   * if the run is asked to stop meanwhile.
   */
  private Images samples() {
    Optional<Images> sampled =
        examples.count() == 0
            ? Optional.empty()
            : SparePicture.of(() -> calls.call(() -> graph.sample(examples, config.getSeed())));
    sampled.ifPresent(
        images ->
            SparePicture.write(() -> ImageFile.write(SampleGrid.of(images), directory.samples())));
    return sampled.orElseGet(() -> Images.of(graph.network().shape(), new byte[0]));
  }

  private void refuseNonsense(TrainingGraph.Step taken) throws IOException {
    if (!Double.isFinite(taken.natsPerImage()) || !Double.isFinite(taken.gradientNorm())) {
      throw new TrainingDivergedException(
          step + 1, taken, checkpoints.last().map(WholeCheckpoint::folder));
    }
  }

  @Override
  public void close() {
    calls.closeAfterwards(graph::close);
  }
}
