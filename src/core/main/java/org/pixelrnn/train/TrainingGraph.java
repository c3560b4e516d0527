package org.pixelrnn.train;

import com.google.common.primitives.Floats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.graph.BuildGuard;
import org.pixelrnn.model.graph.Computation;
import org.pixelrnn.model.graph.Precision;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.proto.v1.TrainingConfig;
import org.pixelrnn.train.workers.SingleWorker;
import org.pixelrnn.train.workers.WorkerGroup;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.framework.optimizers.Optimizer.GradAndVar;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.proto.StepStats;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * One network of a model with everything that training adds to it: variables, {@link
 * ClippedGradients}, an optimizer, and {@link MovingAverages}.
 *
 * <p>The loss is the mean of {@code -log p(x)} over a batch, in nats per image.
 *
 * <p>All methods take whole images, {@code [n, height, width, channels]}. The graph makes their
 * small versions for the small network of a multi-scale model.
 *
 * <p>This type is public for the benchmarks in {@code tools/bench}. Programs use {@link Training}.
 */
public final class TrainingGraph implements AutoCloseable {
  private final Network network;
  private final WorkerGroup workers;
  private final BatchParts parts;
  private final Graph graph;
  private final Session session;
  private final Placeholder<TUint8> images;
  private final Placeholder<TFloat32> learningRate;
  private final Map<Weight, Output<TFloat32>> variables = new LinkedHashMap<>();
  private final MovingAverages averages;
  private final Operand<TFloat32> loss;
  private final Optional<SharedStep.Signals> signals;
  private final Operand<TFloat32> gradientNorm;
  private final Op update;
  private final AveragedNetwork averaged;
  private final VariableFiles files;

  /** Null if there is one worker. */
  private final Op shareVariables;

  private final TrainingConfig training;

  /**
   * The numbers of one step, from before its update.
   *
   * @param natsPerImage the loss of the step's batch, in nats per image
   * @param gradientNorm the L2 norm of all gradients together, before clipping
   * @param signals what the workers have told one another: how many wish to stop the run, how many
   *     to end the stage, then the seconds that each has computed; empty if there is one worker
   */
  public record Step(double natsPerImage, double gradientNorm, List<Float> signals) {}

  /**
   * Builds the graph and sets all weights to their initial values.
   *
   * @param config a configuration that has been checked
   * @param stage the stage whose network is trained
   * @param threads the number of threads that TensorFlow may use, 0 for one per core; with 1 every
   *     result can be repeated to the last bit
   */
  public TrainingGraph(RunConfig config, Stage stage, int threads) {
    this(config, stage, threads, SingleWorker.ALONE);
  }

  /**
   * Builds the graph of one worker.
   *
   * @param workers all workers; each trains on its share of every batch
   */
  TrainingGraph(RunConfig config, Stage stage, int threads, WorkerGroup workers) {
    this.workers = workers;
    training = config.getTraining();
    ImageModel model = ImageModel.of(config.getModel());
    network = Stages.network(model, stage);
    try (BuildGuard guard = new BuildGuard()) {
      graph = guard.made(new Graph());
      Ops tf = Ops.create(graph);
      ImageShape shape = model.shape();
      images =
          tf.withName("images")
              .placeholder(
                  TUint8.class,
                  Placeholder.shape(Shape.of(-1, shape.height(), shape.width(), shape.channels())));
      learningRate =
          tf.withName("learning_rate")
              .placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));

      Map<Weight, Operand<TFloat32>> initial = new LinkedHashMap<>();
      for (Weight weight : network.weights()) {
        Operand<TFloat32> value = weight.initialValue(tf, training.getSeed());
        initial.put(weight, value);
        variables.put(weight, ReferenceVariable.create(tf, weight.name(), weight.shape(), value));
      }
      averages = new MovingAverages(tf, initial);

      Operand<TUint8> seen = Stages.seen(tf, model, stage, images);
      int cores = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
      // A GPU computes each operation in parallel by itself, and does best with large operations.
      parts =
          BatchParts.of(
                  BatchShare.of(workers, training.getBatchSize()).size(),
                  GpuSupport.isPresent() ? 1 : cores,
                  network)
              .computed(computation());
      SharedStep shared =
          workers.count() == 1
              ? SharedStep.alone(parts.lossAndGradients(tf, network, variables::get, seen))
              : SharedStep.of(
                  tf,
                  workers,
                  parts.lossAndGradients(
                      tf,
                      network,
                      variables::get,
                      seen,
                      tf.constant((float) training.getBatchSize())));
      loss = shared.loss();
      signals = shared.signals();
      ClippedGradients gradients =
          ClippedGradients.of(tf, shared.gradients(), training.getGradientClipNorm());
      gradientNorm = gradients.norm();
      update = averaged(tf, optimized(gradients));

      averaged = new AveragedNetwork(tf, model, stage, parts, averages, images, seen);
      shareVariables = workers.count() == 1 ? null : SharedVariables.of(graph, workers);
      session = workers.open(graph, sessionConfig(cores));
      guard.made(() -> workers.close(session));
      files = new VariableFiles(graph, session, variables, averages);
      session.initialize();
      guard.allBuilt();
    }
  }

  /** The network that is trained. */
  Network network() {
    return network;
  }

  /**
   * Takes one step.
   *
   * @param batch as many images as the configuration has in a batch
   * @param step the step, counted from 0
   * @param rate the learning rate
   */
  public Step step(Images batch, long step, double rate) {
    return step(batch, step, rate, new float[StopRequest.WISHES]);
  }

  /**
   * Takes one step together with the other workers.
   *
   * @param share this worker's share of the batch
   * @param wishes what this worker tells the others
   */
  Step step(Images share, long step, double rate, float[] wishes) {
    try (Result result = run(share, step, rate, wishes, Session.Runner::run)) {
      return new Step(
          ((TFloat32) result.get(0)).getFloat(),
          ((TFloat32) result.get(1)).getFloat(),
          signals.isEmpty()
              ? List.of()
              : Floats.asList(StdArrays.array1dCopyOf((TFloat32) result.get(2))));
    }
  }

  /**
   * Takes one step, and measures the time of each of its operations.
   *
   * @param batch as many images as the configuration has in a batch
   */
  public StepStats profile(Images batch) {
    RunOptions traced =
        RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build();
    try (Result result =
        run(
            batch,
            0,
            0,
            new float[StopRequest.WISHES],
            runner -> runner.setOptions(traced).runAndFetchMetadata())) {
      return result.getMetadata().orElseThrow().getStepStats();
    }
  }

  private Result run(
      Images batch,
      long step,
      double rate,
      float[] wishes,
      Function<Session.Runner, Result> execution) {
    double decay = MovingAverages.decay(training.getAveragingDecay(), step);
    try (TUint8 x = tensor(batch);
        TFloat32 r = TFloat32.scalarOf((float) rate);
        TFloat32 d = TFloat32.scalarOf((float) decay);
        TFloat32 w = TFloat32.vectorOf(wishes)) {
      Session.Runner runner =
          session
              .runner()
              .feed(images, x)
              .feed(learningRate, r)
              .feed(averages.decay(), d)
              .fetch(loss)
              .fetch(gradientNorm)
              .addTarget(update);
      signals.ifPresent(told -> runner.feed(told.wishes(), w).fetch(told.summed()));
      return execution.apply(runner);
    }
  }

  /**
   * The log-likelihood {@code log p(x)} of each image in nats, under the moving averages of the
   * weights.
   */
  public float[] logProb(Images batch) {
    return averaged.logProb(session, batch);
  }

  /**
   * Samples images with the moving averages of the weights, as many as are given. A network that is
   * conditioned on small images upscales the small versions of the given ones.
   */
  Images sample(Images like, long seed) {
    return averaged.sample(session, like, seed);
  }

  /**
   * The graph with its functions and with what samples, for tests. What validates is missing until
   * it is first used.
   */
  GraphDef definition() {
    averaged.samples();
    return graph.toGraphDef();
  }

  /** The variables in files: those of checkpoints and of exported models. */
  VariableFiles files() {
    return files;
  }

  /** Gives all variables of worker 0 to the other workers. */
  void shareVariables() {
    if (shareVariables != null) {
      session.runner().addTarget(shareVariables).run().close();
    }
  }

  @Override
  public void close() {
    workers.close(session);
    graph.close();
  }

  /** Makes a tensor of images, {@code [n, height, width, channels]}. */
  static TUint8 tensor(Images batch) {
    ImageShape shape = batch.shape();
    return TUint8.tensorOf(
        Shape.of(batch.count(), shape.height(), shape.width(), shape.channels()),
        DataBuffers.of(batch.levels(), true, false));
  }

  private Computation computation() {
    boolean compiled =
        switch (training.getCompileRecurrences()) {
          case ON_GPU -> GpuSupport.isPresent();
          case ALWAYS -> true;
          case NEVER -> false;
        };
    return new Computation(
        switch (training.getPrecision()) {
          case FLOAT32 -> Precision.FLOAT32;
          case BFLOAT16 -> Precision.BFLOAT16;
        },
        compiled ? Computation.Execution.COMPILED : Computation.Execution.BY_OPERATION);
  }

  private Op optimized(ClippedGradients clipped) {
    List<GradAndVar<?>> gradientsAndVariables = new ArrayList<>();
    clipped
        .gradients()
        .forEach(
            (weight, gradient) ->
                gradientsAndVariables.add(
                    new GradAndVar<>(gradient.asOutput(), variables.get(weight))));
    return new ScheduledOptimizer(graph, training, learningRate)
        .applyGradients(gradientsAndVariables, "optimize");
  }

  private Op averaged(Ops tf, Op optimized) {
    List<Op> followed = averages.follow(tf.withControlDependencies(List.of(optimized)), variables);
    return tf.withControlDependencies(followed).withName("step").noOp();
  }

  private ConfigProto sessionConfig(int threads) {
    // A session alone has threads of its own, because another session of the process may have been
    // given more. It also places only the operations that a call needs, the smaller part of the
    // graph. Sessions of several workers can do neither.
    boolean alone = workers.count() == 1;
    // Functions must not be inlined: optimizing the unrolled recurrences would take minutes. The
    // layout [batch, height, width, features] is the one that a GPU's matrix units want, so
    // TensorFlow must not transpose it. A second pass over the graph, and a first one by
    // TensorFlow's newer optimizer, take seconds of a deep network's first step, and make no later
    // step faster.
    return ConfigProto.newBuilder()
        .setUsePerSessionThreads(alone)
        .setIntraOpParallelismThreads(parts.threadsOfOperation(threads))
        .setInterOpParallelismThreads(threads)
        .setGraphOptions(
            GraphOptions.newBuilder()
                .setPlacePrunedGraph(alone)
                .setRewriteOptions(
                    RewriterConfig.newBuilder()
                        .setMetaOptimizerIterations(RewriterConfig.NumIterationsType.ONE)
                        .setDisableTfgOptimizer(true)
                        .setFunctionOptimization(RewriterConfig.Toggle.OFF)
                        .setLayoutOptimizer(RewriterConfig.Toggle.OFF)))
        .build();
  }
}
