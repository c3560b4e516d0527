package org.pixelrnn.train;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.pixelrnn.data.Batches;
import org.pixelrnn.data.EvaluationImages;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.Prefetch;
import org.pixelrnn.data.Split;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.SampleGrid;
import org.pixelrnn.proto.v1.Checkpoint;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.proto.v1.TrainingConfig;

/**
 * Trains a network, or one stage of a model: step by step, with a validation of the averaged
 * weights after each epoch.
 *
 * <p>Batches, learning rate and averaging are functions of the step's number, and a checkpoint
 * holds every variable, so that a resumed run takes the very steps that an uninterrupted one would
 * have taken.
 */
public final class Trainer implements AutoCloseable {
  private static final int VALIDATION_BATCH = 100;

  /** As many as there are cores: where decoding is the slow part, all of them decode. */
  private static final int BATCHES_AHEAD = Math.max(4, Runtime.getRuntime().availableProcessors());

  private static final int SAMPLES = 36;

  private final RunDirectory directory;
  private final Progress progress;
  private final TrainingConfig config;
  private final TrainingGraph graph;
  private final Batches batches;
  private final EvaluationImages validation;
  private final Images sampled;
  private final Checkpoints checkpoints;
  private final long plannedSteps;

  /**
   * How a run ended.
   *
   * @param step steps taken in all
   * @param validation of the averaged weights after the last step; absent if the run was
   *     interrupted before
   * @param interrupted whether someone asked it to stop before its end
   */
  public record Outcome(long step, Optional<Likelihood> validation, boolean interrupted) {}

  /**
   * Prepares a run, from its last checkpoint if it has one.
   *
   * @param directory a run whose configuration has been checked
   * @param data as described there
   * @param threads TensorFlow may use, 0 for as many as there are cores
   * @throws InputException if the data's images are not the model's, or there are none to train on
   *     or to validate with
   */
  public Trainer(RunDirectory directory, ImageDataset data, Progress progress, int threads) {
    this.directory = directory;
    this.progress = progress;
    config = directory.run().getConfig().getTraining();
    ImageShape shape = ImageShape.of(directory.run().getConfig().getModel());
    batches =
        new Batches(
            data,
            shape,
            directory.run().getConfig().getData(),
            config.getBatchSize(),
            config.getSeed());
    validation =
        new EvaluationImages(
            data,
            Split.VALIDATION,
            shape,
            directory.run().getConfig().getData(),
            VALIDATION_BATCH,
            config.getValidationImages());
    if (validation.count() == 0) {
      throw new InputException(
          "data " + data.name() + ": there are no validation images; raise data.validation_share");
    }
    sampled = repeated(validation.batch(0), SAMPLES);
    plannedSteps =
        config.hasSteps() ? config.getSteps() : config.getEpochs() * batches.stepsPerEpoch();
    checkpoints = directory.checkpoints();
    graph = new TrainingGraph(directory.run().getConfig(), directory.run().getStage(), threads);
  }

  private static Images repeated(Images images, int count) {
    return Images.concat(Collections.nCopies(1 + count / images.count(), images)).slice(0, count);
  }

  /** Steps of the whole run, of which the learning rate's decay is a share. */
  public long plannedSteps() {
    return plannedSteps;
  }

  /**
   * Trains until the planned end, the last step wanted, or an interruption.
   *
   * @param maxSteps stop at this step, counted from the run's beginning
   * @throws InputException if the weights to begin with cannot be read, the folder cannot be
   *     written to, or another process is training in it
   * @throws TrainingDivergedException if the loss or a gradient is no longer a number; the last
   *     checkpoint is from before
   * @throws IOException if a checkpoint cannot be written
   */
  @SuppressWarnings("try") // The lock is held, not used.
  public Outcome run(OptionalLong maxSteps) throws IOException {
    if (checkpoints.last().isEmpty()) {
      begin(); // Before anything is written: the weights may not be readable.
    }
    directory.write();
    try (FileChannel lock = directory.lock();
        Interruption interruption = new Interruption()) {
      Optional<Checkpoints.Stored> last = checkpoints.last();
      last.ifPresent(stored -> graph.restore(stored.prefix()));
      long first = last.map(stored -> stored.manifest().getStep()).orElse(0L);
      long end = Math.min(plannedSteps, maxSteps.orElse(plannedSteps));
      Optional<Likelihood> validated =
          last.map(Checkpoints.Stored::manifest)
              .filter(Checkpoint::hasValidation)
              .map(Checkpoint::getValidation);
      try (EventLog events = new EventLog(directory.events(), first);
          Prefetch ahead = new Prefetch(batches::batch, first, BATCHES_AHEAD)) {
        LearningRateSchedule schedule =
            new LearningRateSchedule(config.getLearningRate(), plannedSteps);
        progress.begin(
            directory.run().getStage(), first, end, config.getBatchSize(), graph.network().shape());
        long step = first;
        while (step < end && !interruption.requested()) {
          double rate = schedule.at(step);
          TrainingGraph.Step taken = graph.step(ahead.next(), step, rate);
          refuseNonsense(step, taken);
          step++;
          progress.step(step, taken.natsPerImage());
          events.scalars(step, curves(taken, rate));
          boolean epochEnds = step % batches.stepsPerEpoch() == 0 || step == end;
          validated = epochEnds ? Optional.of(validate(step, events)) : Optional.empty();
          if (epochEnds
              || step % config.getCheckpointEverySteps() == 0
              || interruption.requested()) {
            save(step, validated);
            events.flush();
          }
        }
        if (step < end) {
          progress.interrupted(step, directory.whole().orElse(directory).path());
        }
        return new Outcome(step, validated, step < end);
      } finally {
        progress.end();
      }
    }
  }

  /**
   * Without a checkpoint: with an exported model's weights, or as the graph's builder left them.
   */
  private void begin() {
    Run run = directory.run();
    if (run.hasBegunFrom()) {
      graph.begin(Path.of(run.getBegunFrom().getVersion()));
      progress.begunFrom(run.getBegunFrom());
    }
  }

  @Override
  public void close() {
    graph.close();
  }

  private Map<String, Double> curves(TrainingGraph.Step taken, double rate) {
    Map<String, Double> curves = new LinkedHashMap<>();
    curves.put("training/nats_per_image", taken.natsPerImage());
    curves.put(EventLog.TRAINING, graph.network().shape().bitsPerDimension(taken.natsPerImage()));
    curves.put("training/gradient_norm", taken.gradientNorm());
    curves.put("training/learning_rate", rate);
    return curves;
  }

  private Likelihood validate(long step, EventLog events) throws IOException {
    Likelihood measured =
        Evaluator.evaluate(graph::logProb, graph.network().shape(), validation).toBuilder()
            .setSplit(Split.VALIDATION.name().toLowerCase(Locale.ROOT))
            .build();
    progress.validated(step, measured);
    events.scalars(
        step,
        Map.of(
            "validation/nats_per_image",
            measured.getNatsPerImage(),
            EventLog.VALIDATION,
            measured.getBitsPerDim()));
    var grid = SampleGrid.of(graph.sample(sampled, config.getSeed()));
    ImageFile.write(grid, directory.samples());
    events.picture(step, "samples", grid);
    return measured;
  }

  private void save(long step, Optional<Likelihood> validated) throws IOException {
    Checkpoint.Builder manifest = Checkpoint.newBuilder().setStep(step);
    validated.ifPresent(manifest::setValidation);
    checkpoints.save(graph, manifest.build());
  }

  private void refuseNonsense(long step, TrainingGraph.Step taken) throws IOException {
    if (!Double.isFinite(taken.natsPerImage()) || !Double.isFinite(taken.gradientNorm())) {
      throw new TrainingDivergedException(
          step, taken, checkpoints.last().map(Checkpoints.Stored::folder));
    }
  }
}
