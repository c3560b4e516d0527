import com.google.common.primitives.Doubles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.SkewedReference;
import org.pixelrnn.model.SkewedReference.StateToState;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.proto.v1.DiagonalBiLstm;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.RowLstm;
import org.pixelrnn.train.BatchParts;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.op.nn.SparseSoftmaxCrossEntropyWithLogits;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * Measures training steps (gradient descent) of a Diagonal BiLSTM or Row LSTM in up to three ways:
 *
 * <ul>
 *   <li>scans: the recurrences of this project, in {@link BatchParts} as in training
 *   <li>convolutions: {@link SkewedReference} with the paper's convolutions, differentiated by
 *       TensorFlow
 *   <li>products: the same with matrix products instead of convolutions, which is faster
 * </ul>
 *
 * <p>One process takes the steps of all ways in turn, so that other load on the machine slows all
 * of them alike. The ratio of step times is the median over the turns.
 *
 * <pre>
 *   tools/bench/run RecurrenceTable [diagonal|row] [height] [width] [h] [layers] [batch]
 *       [reference|alone|profile|sampling]
 * </pre>
 */
public final class RecurrenceTable {
  private static final int STEPS = 30;
  private static final int THREADS = Integer.getInteger("threads", 2);

  /** The most threads for one operation of the reference. */
  private static final int REFERENCE_INTRA = Integer.getInteger("reference.intra", THREADS);

  /** The three ways to build a step. */
  private enum Way {
    SCANS,
    CONVOLUTIONS,
    PRODUCTS
  }

  private RecurrenceTable() {}

  /** Prints one table. */
  public static void main(String[] args) throws IOException {
    String architecture = args.length > 0 ? args[0] : "diagonal";
    int[] sizes = {28, 28, 16, 2, 16};
    for (int i = 0; i < sizes.length && i + 1 < args.length; i++) {
      sizes[i] = Integer.parseInt(args[i + 1]);
    }
    String mode = args.length > 6 ? args[6] : "reference";
    ModelConfig.Builder builder =
        ModelConfig.newBuilder()
            .setHeight(sizes[0])
            .setWidth(sizes[1])
            .setH(sizes[2])
            .setLayers(sizes[3]);
    ModelConfig config =
        architecture.equals("row")
            ? builder.setRowLstm(RowLstm.getDefaultInstance()).build()
            : builder.setDiagonalBilstm(DiagonalBiLstm.getDefaultInstance()).build();
    if (mode.equals("sampling")) {
      SamplingTable.print(config, 1, 16, 100);
      return;
    }
    System.out.printf(
        "%s, %d×%d, h = %d, %d layers, batch %d%n",
        architecture, sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]);
    System.out.printf(
        "%-12s %10s %14s %12s %10s %14s %12s%n",
        "", "build, s", "first step, s", "step, ms", "best, ms", "processor, ms", "last loss");
    warmUp();
    List<Contestant> contestants =
        new ArrayList<>(List.of(new Contestant(config, sizes[4], Way.SCANS)));
    if (mode.equals("reference")) {
      contestants.add(new Contestant(config, sizes[4], Way.CONVOLUTIONS));
      if (architecture.equals("diagonal")) {
        contestants.add(new Contestant(config, sizes[4], Way.PRODUCTS));
      }
    }
    for (int turn = 0; turn < STEPS; turn++) {
      contestants.forEach(Contestant::step);
    }
    Contestant scans = contestants.get(0);
    print(scans);
    contestants.stream().skip(1).forEach(reference -> compare(scans, reference));
    if (mode.equals("profile")) {
      scans.profile();
    }
    contestants.forEach(Contestant::close);
    double rate = flops(config, sizes[4]) / (scans.best() / 1000);
    double peak = Measure.matrixProductPeak();
    System.out.printf(
        "%.1f GFLOP/s in the best step of scans, %.2f of a matrix product's %.1f%n",
        rate / 1e9, rate / peak, peak / 1e9);
  }

  private static void compare(Contestant scans, Contestant reference) {
    print(reference);
    double[] ratios = new double[STEPS];
    for (int turn = 0; turn < STEPS; turn++) {
      ratios[turn] = reference.times.get(turn) / scans.times.get(turn);
    }
    System.out.printf(
        "%-12s %10.1f %14.1f %12.1f %10.1f %14.1f%n",
        "ratio",
        reference.build / scans.build,
        (reference.build + reference.first) / (scans.build + scans.first),
        median(ratios),
        reference.best() / scans.best(),
        reference.processor / scans.processor);
  }

  /** Loads TensorFlow and its kernels, so that the first way does not pay for the others. */
  private static void warmUp() {
    ModelConfig tiny =
        ModelConfig.newBuilder()
            .setHeight(2)
            .setWidth(2)
            .setLayers(1)
            .setDiagonalBilstm(DiagonalBiLstm.getDefaultInstance())
            .build();
    new Contestant(tiny, 1, Way.SCANS).close();
    new Contestant(tiny, 1, Way.CONVOLUTIONS).close();
  }

  private static void print(Contestant contestant) {
    System.out.printf(
        "%-12s %10.2f %14.2f %12.1f %10.1f %14.1f %12.4f%n",
        contestant.way.name().toLowerCase(Locale.ROOT),
        contestant.build,
        contestant.first,
        median(Doubles.toArray(contestant.times)),
        contestant.best(),
        1000 * contestant.processor / STEPS,
        contestant.loss);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** A network whose steps are measured. */
  private static final class Contestant implements AutoCloseable {
    private final Way way;
    private final Graph graph = new Graph();
    private final Session session;
    private final Placeholder<TUint8> images;
    private final TUint8 x;
    private final Operand<TFloat32> lossOfStep;
    private final Op update;
    private final double build;
    private final double first;

    /** Milliseconds of each step. */
    private final List<Double> times = new ArrayList<>();

    private double processor;
    private double loss;

    Contestant(ModelConfig config, int batch, Way way) {
      this.way = way;
      long start = System.nanoTime();
      Network network = new Network(config);
      BatchParts parts = BatchParts.of(batch, THREADS, network);
      Ops tf = Ops.create(graph);
      images =
          tf.placeholder(
              TUint8.class,
              Placeholder.shape(Shape.of(-1, config.getHeight(), config.getWidth(), 1)));
      Map<String, Operand<TFloat32>> variables = new LinkedHashMap<>();
      for (Weight weight : network.weights()) {
        Variable<TFloat32> variable = tf.variable(weight.shape(), TFloat32.class);
        Ops init = tf.withInitScope();
        init.assign(variable, weight.initialValue(init, 1));
        variables.put(weight.name(), variable);
      }
      BatchParts.LossAndGradients descent =
          way == Way.SCANS
              ? parts.lossAndGradients(tf, network, weight -> variables.get(weight.name()), images)
              : differentiated(graph, tf, config, network, variables, images, way);
      lossOfStep = descent.loss();
      List<Operand<TFloat32>> gradients = List.copyOf(descent.gradients().values());
      Ops afterAll = tf.withControlDependencies(new ArrayList<Op>(gradients));
      List<Op> updates = new ArrayList<>();
      int i = 0;
      for (Operand<TFloat32> variable : variables.values()) {
        updates.add(
            afterAll.train.applyGradientDescent(variable, tf.constant(1e-5f), gradients.get(i++)));
      }
      update = tf.withControlDependencies(updates).noOp();
      byte[] levels = new byte[batch * config.getHeight() * config.getWidth()];
      for (int p = 0; p < levels.length; p++) {
        levels[p] = (byte) (p * 7919L % 13 % 2);
      }
      x =
          TUint8.tensorOf(
              Shape.of(batch, config.getHeight(), config.getWidth(), 1),
              DataBuffers.of(levels, true, false));
      session = new Session(graph, configuration(way, parts));
      session.initialize();
      build = seconds(start);
      long begun = System.nanoTime();
      try (Result result = runner().run()) {
        loss = ((TFloat32) result.get(0)).getFloat();
      }
      first = seconds(begun);
    }

    void step() {
      double usedBefore = processorSeconds();
      long begun = System.nanoTime();
      try (Result result = runner().run()) {
        loss = ((TFloat32) result.get(0)).getFloat();
      }
      times.add(1000 * seconds(begun));
      processor += processorSeconds() - usedBefore;
    }

    double best() {
      return Collections.min(times);
    }

    void profile() {
      RunOptions trace =
          RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build();
      try (Result result = runner().setOptions(trace).runAndFetchMetadata()) {
        OperationTable.print(result.getMetadata().orElseThrow().getStepStats());
      }
    }

    @Override
    public void close() {
      session.close();
      x.close();
      graph.close();
    }

    private Session.Runner runner() {
      return session.runner().feed(images, x).fetch(lossOfStep).addTarget(update);
    }
  }

  /** Builds {@link SkewedReference} and lets TensorFlow differentiate it. */
  private static BatchParts.LossAndGradients differentiated(
      Graph graph,
      Ops tf,
      ModelConfig config,
      Network network,
      Map<String, Operand<TFloat32>> variables,
      Operand<TUint8> images,
      Way way) {
    Operand<TFloat32> logits =
        new SkewedReference(
                tf,
                config,
                variables,
                way == Way.CONVOLUTIONS ? StateToState.CONVOLUTION : StateToState.PRODUCT)
            .logits(images);
    // The second output of this operation is the gradient of its loss.
    SparseSoftmaxCrossEntropyWithLogits<TFloat32> entropy =
        tf.nn.sparseSoftmaxCrossEntropyWithLogits(
            tf.reshape(logits, tf.constant(new int[] {-1, config.getLevels()})),
            tf.reshape(tf.dtypes.cast(images, TInt32.class), tf.constant(new int[] {-1})));
    Operand<TFloat32> batch =
        tf.dtypes.cast(tf.shape.size(tf.shape(images), tf.constant(0)), TFloat32.class);
    Operand<TFloat32> logitsGradients =
        tf.math.div(tf.reshape(entropy.backprop(), tf.shape(logits)), batch);
    Output<?>[] xs = variables.values().stream().map(Operand::asOutput).toArray(Output<?>[]::new);
    Output<?>[] gradients =
        graph.addGradients(
            "reference",
            new Output<?>[] {logits.asOutput()},
            xs,
            new Output<?>[] {logitsGradients.asOutput()});
    Map<Weight, Operand<TFloat32>> byWeight = new LinkedHashMap<>();
    for (Weight weight : network.weights()) {
      byWeight.put(weight, gradients[byWeight.size()].expect(TFloat32.class));
    }
    return new BatchParts.LossAndGradients(
        tf.math.div(tf.sum(entropy.loss(), tf.constant(0)), batch), byWeight);
  }

  /** Scans use threads as training does. The reference uses them as TensorFlow does by default. */
  private static ConfigProto configuration(Way way, BatchParts parts) {
    return ConfigProto.newBuilder()
        .setIntraOpParallelismThreads(
            way == Way.SCANS ? parts.threadsOfOperation(THREADS) : REFERENCE_INTRA)
        .setInterOpParallelismThreads(THREADS)
        .build();
  }

  /**
   * Counts the floating-point operations of all layers in one step. Each matrix takes three
   * products: the forward product, the gradient of its input, and the gradient of the matrix.
   */
  private static double flops(ModelConfig config, int batch) {
    double h = config.getH();
    // [x, two neighbours] in two directions; or [x, its left neighbour, three above].
    double gates = config.hasRowLstm() ? 7 * h * 4 * h : 2 * 4 * h * 4 * h;
    double expansion = h * 2 * h;
    double pixels = (double) config.getHeight() * config.getWidth() * batch;
    return 3 * 2 * (gates + expansion) * pixels * config.getLayers();
  }

  private static double processorSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
