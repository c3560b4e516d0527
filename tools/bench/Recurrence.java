import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pixelrnn.model.Likelihood;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.SkewedReference;
import org.pixelrnn.model.SkewedReference.StateToState;
import org.pixelrnn.model.Weight;
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
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * A training step (gradient descent) of a network of scans, in {@link BatchParts} as in training,
 * beside that of {@link SkewedReference}, which TensorFlow differentiates, in one process: with the
 * convolutions of the paper, and a leaner one with matrix products in their place.
 *
 * <pre>
 *   tools/bench/run Recurrence [diagonal|row] [height] [width] [h] [layers] [batch] 
 *       [reference|alone|profile|drawing]
 * </pre>
 */
public final class Recurrence {
  private static final int STEPS = 30;
  private static final int THREADS = Integer.getInteger("threads", 2);

  /** With 1 operations of the reference are not shared out among threads either. */
  private static final int REFERENCE_INTRA = Integer.getInteger("reference.intra", THREADS);

  /** How the step is built. */
  private enum Way {
    SCANS,
    CONVOLUTIONS,
    PRODUCTS
  }

  private Recurrence() {}

  /** What one way of building the step took. */
  private record Times(
      double build, double first, double median, double best, double processor, double loss) {}

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
    if (mode.equals("drawing")) {
      Drawing.print(config, 1, 16, 100);
      return;
    }
    System.out.printf(
        "%s, %d×%d, h = %d, %d layers, batch %d%n",
        architecture, sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]);
    System.out.printf(
        "%-12s %10s %14s %12s %10s %14s %12s%n",
        "", "build, s", "first step, s", "step, ms", "best, ms", "processor, ms", "last loss");
    warmUp();
    Times scans = measure(config, sizes[4], Way.SCANS, mode.equals("profile"));
    print("scans", scans);
    double rate = flops(config, sizes[4]) / (scans.best / 1000);
    double peak = Measure.matrixProductPeak();
    if (mode.equals("reference")) {
      compare(scans, "convolutions", measure(config, sizes[4], Way.CONVOLUTIONS, false));
      if (architecture.equals("diagonal")) {
        compare(scans, "products", measure(config, sizes[4], Way.PRODUCTS, false));
      }
    }
    System.out.printf(
        "%.1f GFLOP/s in the best step of scans, %.2f of a matrix product's %.1f%n",
        rate / 1e9, rate / peak, peak / 1e9);
  }

  private static void compare(Times scans, String name, Times reference) {
    print(name, reference);
    System.out.printf(
        "%-12s %10.1f %14.1f %12.1f %10.1f %14.1f%n",
        "ratio",
        reference.build / scans.build,
        (reference.build + reference.first) / (scans.build + scans.first),
        reference.median / scans.median,
        reference.best / scans.best,
        reference.processor / scans.processor);
  }

  /** Loads TensorFlow and what both ways need of it, so that neither pays for the other. */
  private static void warmUp() {
    ModelConfig tiny =
        ModelConfig.newBuilder()
            .setHeight(2)
            .setWidth(2)
            .setLayers(1)
            .setDiagonalBilstm(DiagonalBiLstm.getDefaultInstance())
            .build();
    measure(tiny, 1, Way.SCANS, false);
    measure(tiny, 1, Way.CONVOLUTIONS, false);
  }

  private static void print(String name, Times times) {
    System.out.printf(
        "%-12s %10.2f %14.2f %12.1f %10.1f %14.1f %12.4f%n",
        name, times.build, times.first, times.median, times.best, times.processor, times.loss);
  }

  /** A step of gradient descent of the loss and gradients that {@code way} builds. */
  private static Times measure(ModelConfig config, int batch, Way way, boolean profile) {
    long start = System.nanoTime();
    Network network = new Network(config);
    BatchParts parts = BatchParts.of(batch, THREADS, network);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TUint8> images =
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
      BatchParts.Descent descent =
          way == Way.SCANS
              ? parts.descent(tf, network, weight -> variables.get(weight.name()), images)
              : differentiated(graph, tf, config, network, variables, images, way);
      Operand<TFloat32> loss = descent.loss();
      List<Operand<TFloat32>> gradients = List.copyOf(descent.gradients().values());
      Ops afterAll = tf.withControlDependencies(new ArrayList<Op>(gradients));
      List<Op> updates = new ArrayList<>();
      int i = 0;
      for (Operand<TFloat32> variable : variables.values()) {
        updates.add(
            afterAll.train.applyGradientDescent(variable, tf.constant(1e-5f), gradients.get(i++)));
      }
      Op step = tf.withControlDependencies(updates).noOp();
      byte[] levels = new byte[batch * config.getHeight() * config.getWidth()];
      for (int p = 0; p < levels.length; p++) {
        levels[p] = (byte) (p * 7919L % 13 % 2);
      }
      try (Session session = new Session(graph, configuration(way, parts));
          TUint8 x =
              TUint8.tensorOf(
                  Shape.of(batch, config.getHeight(), config.getWidth(), 1),
                  DataBuffers.of(levels, true, false))) {
        session.initialize();
        double build = seconds(start);
        long begun = System.nanoTime();
        double lastLoss = run(session, images, x, loss, step);
        double first = seconds(begun);
        double[] times = new double[STEPS];
        double usedBefore = processorSeconds();
        for (int s = 0; s < STEPS; s++) {
          begun = System.nanoTime();
          lastLoss = run(session, images, x, loss, step);
          times[s] = 1000 * seconds(begun);
        }
        double processor = (processorSeconds() - usedBefore) / STEPS;
        Arrays.sort(times);
        if (profile) {
          RunOptions trace =
              RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build();
          try (Result result =
              session
                  .runner()
                  .feed(images, x)
                  .fetch(loss)
                  .addTarget(step)
                  .setOptions(trace)
                  .runAndFetchMetadata()) {
            Profile.print(result.getMetadata().orElseThrow().getStepStats());
          }
        }
        return new Times(build, first, times[STEPS / 2], times[0], 1000 * processor, lastLoss);
      }
    }
  }

  private static double run(
      Session session, Placeholder<TUint8> images, TUint8 x, Operand<TFloat32> loss, Op step) {
    try (Result result = session.runner().feed(images, x).fetch(loss).addTarget(step).run()) {
      return ((TFloat32) result.get(0)).getFloat();
    }
  }

  /** What TensorFlow makes of {@link SkewedReference}. */
  private static BatchParts.Descent differentiated(
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
    Likelihood likelihood = Likelihood.of(tf, logits, images);
    Operand<TFloat32> batch = tf.dtypes.cast(tf.size(likelihood.logProb()), TFloat32.class);
    Output<?>[] xs = variables.values().stream().map(Operand::asOutput).toArray(Output<?>[]::new);
    Output<?>[] gradients =
        graph.addGradients(
            "reference",
            new Output<?>[] {logits.asOutput()},
            xs,
            new Output<?>[] {tf.math.div(likelihood.logitsGradient(), batch).asOutput()});
    Map<Weight, Operand<TFloat32>> byWeight = new LinkedHashMap<>();
    for (Weight weight : network.weights()) {
      byWeight.put(weight, gradients[byWeight.size()].expect(TFloat32.class));
    }
    return new BatchParts.Descent(
        tf.math.neg(tf.math.mean(likelihood.logProb(), tf.constant(0))), byWeight);
  }

  /** Scans as in training; the reference as TensorFlow runs what it is given. */
  private static ConfigProto configuration(Way way, BatchParts parts) {
    return ConfigProto.newBuilder()
        .setIntraOpParallelismThreads(
            way == Way.SCANS ? parts.threadsOfOperation(THREADS) : REFERENCE_INTRA)
        .setInterOpParallelismThreads(THREADS)
        .build();
  }

  /**
   * The arithmetic of the layers in a step: of each matrix, the product, its gradient with respect
   * to what it is multiplied with, and its gradient with respect to the matrix.
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
