package org.pixelrnn.train;

import com.google.common.base.Preconditions;
import com.google.common.base.Throwables;
import com.google.common.collect.ImmutableList;
import com.google.common.util.concurrent.Uninterruptibles;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.QuietStart;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.train.workers.Cluster;
import org.pixelrnn.train.workers.ClusterWorker;
import org.pixelrnn.train.workers.SingleWorker;
import org.pixelrnn.train.workers.WorkerGroup;
import org.pixelrnn.train.workers.WorkerLostException;

/**
 * Trains a model in a run directory. This is the one entry to training.
 *
 * <pre>{@code
 * try (Training training = Training.builder(Presets.load("mnist-pixelcnn"))
 *          .data(myDataset)
 *          .runDirectory(Path.of("runs/mine"))
 *          .listener(new EarlyStopping(3))
 *          .build()) {
 *   TrainingResult result = training.run();
 *   Path version = result.export(Path.of("savedmodels/mine"));
 * }
 * }</pre>
 *
 * <p>If the run directory has a run already, the run is resumed: training goes on from its last
 * checkpoint, and takes the very steps that an uninterrupted run would have taken. This works
 * because batches, learning rate and averaging depend on the number of the step alone.
 *
 * <p>A multi-scale model is trained in two stages: first the network of small images, then the
 * network of whole images (section 3.6 of the paper).
 *
 * <p>If the environment variable {@code TF_CONFIG} describes a cluster, this process is one of its
 * workers, and the same program runs on all of them. Worker 0 alone writes the run directory, and
 * its listeners alone hear of events. If {@link #run} throws on one worker, end its process: the
 * others wait for it until then.
 */
public final class Training implements AutoCloseable {
  private final WorkerGroup workers;
  private final PreparedRun prepared;
  private final Listeners listeners;
  private final int threads;
  private final OptionalLong maxSteps;
  private final StopRequest request;
  private final LongCalls calls;
  private final CountDownLatch ended = new CountDownLatch(1);

  /** The thread that trains, from the beginning of {@link #run}. Guarded by this. */
  private TrainingThread thread;

  /** Guarded by this. */
  private boolean closed;

  /** A run as its builder has described it. */
  Training(TrainingBuilder builder, WorkerGroup workers, PreparedRun prepared) {
    this.workers = workers;
    this.prepared = prepared;
    this.request = new StopRequest(workers);
    this.calls = new LongCalls(request);
    this.listeners =
        new Listeners(
            workers.leads()
                ? ImmutableList.<TrainingListener>builder()
                    .add(new TensorBoardLog())
                    .addAll(builder.listeners())
                    .build()
                : ImmutableList.of());
    this.threads = builder.threads();
    this.maxSteps = builder.maxSteps();
  }

  /**
   * Begins the description of a run.
   *
   * @param config the model, the data and the training, for instance from {@link Presets#load}
   */
  public static TrainingBuilder builder(RunConfig config) {
    return new TrainingBuilder(config);
  }

  /**
   * Joins the other workers, if the environment variable {@code TF_CONFIG} describes a cluster.
   * {@link TrainingBuilder#build} does this by itself.
   *
   * @param timeout how long to wait for them
   * @param threads the number of threads of this worker, 0 for one per core
   * @return {@link SingleWorker#ALONE} if there are no others
   * @throws InputException if {@code TF_CONFIG} is wrong, or this worker cannot listen at its
   *     address
   * @throws WorkerLostException if another worker has not come in time
   */
  public static WorkerGroup join(Duration timeout, int threads) {
    QuietStart.begin(threads);
    return Cluster.of(System.getenv())
        .<WorkerGroup>map(
            cluster ->
                ClusterWorker.join(
                    cluster,
                    timeout,
                    threads == 0 ? Runtime.getRuntime().availableProcessors() : threads,
                    GpuSupport.isPresent()))
        .orElse(SingleWorker.ALONE);
  }

  /**
   * Trains until the planned end, the step limit, or a request to stop. The calling thread waits.
   * If it is interrupted, training stops as by {@link #stop}, and the thread is still interrupted
   * when this method returns.
   *
   * @return how each stage ended
   * @throws IllegalStateException if this method was called before, or after {@link #close}
   * @throws InputException if the weights of the starting model cannot be read, an image cannot be
   *     read, or the run directory cannot be written to
   * @throws TrainingDivergedException if the loss or a gradient is not a finite number; the last
   *     checkpoint is from an earlier step
   * @throws java.io.UncheckedIOException if a checkpoint or the events for TensorBoard cannot be
   *     written
   * @throws WorkerLostException if another worker does not answer any more; another training goes
   *     on from the last checkpoint
   * @throws RuntimeException whatever a listener throws, once the last step is saved; a checked
   *     exception comes in an {@link UndeclaredThrowableException}
   */
  public TrainingResult run() {
    FutureTask<TrainingResult> task = new FutureTask<>(this::trainStages);
    begin(task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
          stop();
        }
      }
    } catch (ExecutionException e) {
      Throwables.throwIfUnchecked(e.getCause());
      throw new UndeclaredThrowableException(e.getCause());
    } finally {
      ended.countDown();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized void begin(Runnable task) {
    Preconditions.checkState(!closed, "the training is closed");
    Preconditions.checkState(
        thread == null, "a training runs once; another training of the directory resumes the run");
    thread = new TrainingThread(task);
    boolean started = false;
    try {
      thread.start();
      started = true;
    } finally {
      if (!started) {
        ended.countDown();
      }
    }
  }

  /**
   * Trains apart from the thread in {@link #run}, because that thread may be interrupted, and an
   * interrupted thread cannot write files. For the same reason an interrupt of this thread does not
   * mark it as interrupted.
   */
  private final class TrainingThread extends Thread {
    private TrainingThread(Runnable task) {
      super(task, "training");
    }

    @Override
    public void interrupt() {
      Training.this.stop();
    }
  }

  private TrainingResult trainStages() {
    List<TrainingResult.StageEnd> ends = new ArrayList<>();
    for (PreparedRun.PreparedStage stage : prepared.stages()) {
      request.nextStage();
      try (Trainer trainer = new Trainer(this, stage)) {
        ends.add(trainer.run());
      } catch (TrainingDivergedException e) {
        // All workers see the same loss. None ends before the others have seen it.
        try {
          workers.end();
        } catch (WorkerLostException lost) {
          e.addSuppressed(lost);
        }
        throw e;
      }
      if (request.ofRun()) {
        break;
      }
    }
    workers.end();
    boolean stopped =
        ends.size() < prepared.stages().size()
            || ends.get(ends.size() - 1).why() == EndReason.STOPPED;
    return new TrainingResult(prepared.path(), List.copyOf(ends), stopped);
  }

  /**
   * Asks the run to stop. It finishes its step and saves a checkpoint, or ends its validation at
   * once; then {@link #run} returns a result that says so. Any thread may call this at any time,
   * also before the run begins.
   */
  public void stop() {
    request.stopRun();
  }

  /**
   * Asks the present stage to end after its step, as if no step were left: it is saved and
   * validated. A multi-scale model goes on with its next stage. Any thread may call this. A stage
   * that ends before its first step has no checkpoint, and a run with such a stage has nothing to
   * export.
   */
  public void endStage() {
    request.endStage();
  }

  /**
   * Releases the run directory, and the data if this training opened them. If the run is under way
   * on another thread, it is stopped and waited for. After a stop within a validation, this waits
   * for a call of TensorFlow that cannot be ended early, for as long as a batch takes.
   *
   * @throws IllegalStateException if a listener calls this during the run
   */
  @Override
  public void close() {
    if (!markClosed()) {
      return;
    }
    stop();
    Uninterruptibles.awaitUninterruptibly(ended);
    prepared.close();
    calls.close();
  }

  /** False if it was closed already. */
  private synchronized boolean markClosed() {
    Preconditions.checkState(
        Thread.currentThread() != thread, "a listener cannot close its training; it can stop it");
    if (thread == null) {
      ended.countDown();
    }
    boolean first = !closed;
    closed = true;
    return first;
  }

  WorkerGroup workers() {
    return workers;
  }

  Listeners listeners() {
    return listeners;
  }

  StopRequest request() {
    return request;
  }

  LongCalls calls() {
    return calls;
  }

  int threads() {
    return threads;
  }

  OptionalLong maxSteps() {
    return maxSteps;
  }
}
