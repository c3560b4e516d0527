import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pixelrnn.proto.v1.TrainingConfig.CompileRecurrences;
import org.pixelrnn.proto.v1.TrainingConfig.Precision;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures training steps for images of 32×32×3 with 256 levels on the fastest device there is: a
 * GPU if TensorFlow can use one, otherwise the CPU. {@code peer.py} measures the same in PyTorch.
 *
 * <p>Every line is printed as soon as it is measured. The columns:
 *
 * <ul>
 *   <li>recurrences: compiled by XLA, or executed operation by operation
 *   <li>first step: seconds from an empty graph to the end of the first step
 *   <li>step: milliseconds of a step, the median
 *   <li>share: the {@link TrueWork} of the step, as a share of what matrix products of the same
 *       number format reach on this device in this run
 * </ul>
 *
 * <pre>
 *   tools/bench/run Gpu
 *   tools/bench/run Gpu --quick
 *   tools/bench/run Gpu --batch 128 --only pixelcnn --layers 12 --h 129,144 --seconds 20
 * </pre>
 */
@Command(name = "Gpu", sortOptions = false, mixinStandardHelpOptions = true)
final class Gpu implements Runnable {
  private static final int CHANNELS = 3;
  private static final String PIXEL_CNN = "pixelcnn";

  @Option(names = "--quick", description = "12 layers, h=129 and one batch size, within 100 s.")
  private boolean quick;

  @Option(names = "--only", split = ",", description = "pixelcnn, row-lstm, diagonal-bilstm")
  private List<String> only;

  @Option(names = "--layers", split = ",")
  private List<Integer> layers;

  @Option(names = "--h", split = ",", description = "Rounded up to multiples of 3.")
  private List<Integer> hs;

  @Option(names = "--head", description = "Rounded up to a multiple of 3.")
  private int head;

  @Option(names = "--batch", split = ",")
  private List<Integer> batches;

  @Option(names = "--precision", split = ",", description = "${COMPLETION-CANDIDATES}")
  private List<Precision> precisions = List.of(Precision.BFLOAT16, Precision.FLOAT32);

  @Option(names = "--compile", split = ",", description = "ALWAYS, NEVER")
  private List<CompileRecurrences> compile =
      List.of(CompileRecurrences.ALWAYS, CompileRecurrences.NEVER);

  @Option(names = "--seconds", description = "How long each case is measured.")
  private double seconds;

  @Option(names = "--limit", description = "Seconds after which no case begins.")
  private double limit;

  private final long begun = System.nanoTime();
  private final Map<Precision, Double> rates = new EnumMap<>(Precision.class);

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Gpu()).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments));
  }

  @Override
  public void run() {
    ComputingDevice device = ComputingDevice.found();
    chooseSizes(device);
    print("# %s, found after %.1f s", device, elapsed());
    for (Precision precision : precisions) {
      double rate =
          device.matrixProductRate(org.pixelrnn.model.graph.Precision.valueOf(precision.name()));
      rates.put(precision, rate);
      print("# matrix product, %-8s %12.1f GFLOP/s", precision, rate / 1e9);
    }
    print(
        "%-16s %6s %4s %6s %9s %-12s %10s %10s %10s %10s %12s %7s",
        "network",
        "layers",
        "h",
        "batch",
        "precision",
        "recurrences",
        "parameters",
        "first [s]",
        "step [ms]",
        "images/s",
        "GFLOP/s",
        "share");
    List<TrainingSpeed.Case> left = new ArrayList<>();
    Map<Boolean, Double> longest = new HashMap<>();
    for (TrainingSpeed.Case next : cases(device)) {
      double before = elapsed();
      // A case that will not end in time is left out. Compiling takes long, so the longest case
      // with it, or without it, tells.
      if (before + longest.getOrDefault(isCompiled(next), 0.0) > limit) {
        left.add(next);
        continue;
      }
      measure(next);
      longest.merge(isCompiled(next), elapsed() - before, Math::max);
    }
    left.forEach(c -> print("%s left out: the limit of %.0f s", label(c), limit));
    print("# %.0f s in all", elapsed());
  }

  /** Sizes that were not given: those of the paper on a GPU, small ones on a CPU. */
  private void chooseSizes(ComputingDevice device) {
    boolean small = device == ComputingDevice.CPU;
    hs = hs == null ? small ? List.of(30) : quick ? List.of(129) : List.of(129, 66) : hs;
    List<Integer> allBatches = quick ? List.of(128) : List.of(128, 64, 256);
    batches = batches == null ? small ? List.of(8) : allBatches : batches;
    head = head == 0 ? small ? 96 : 1023 : head;
    seconds = seconds == 0 ? quick ? 3 : small ? 5 : 10 : seconds;
    limit = limit == 0 ? quick ? 85 : small ? 150 : Double.MAX_VALUE : limit;
    if (layers == null && (small || quick)) {
      layers = List.of(small ? 2 : 12);
    }
  }

  /** All cases, the most important ones first. On a CPU, XLA is slow. */
  private List<TrainingSpeed.Case> cases(ComputingDevice device) {
    List<TrainingSpeed.Case> cases = new ArrayList<>();
    for (Precision precision : precisions) {
      for (String architecture : List.of(PIXEL_CNN, "row-lstm", "diagonal-bilstm")) {
        if (only != null && !only.contains(architecture)) {
          continue;
        }
        boolean recurrent = !architecture.equals(PIXEL_CNN);
        List<CompileRecurrences> ways = recurrent ? compile : List.of(CompileRecurrences.NEVER);
        for (int depth : layers != null ? layers : recurrent ? List.of(12, 7) : List.of(15)) {
          for (int h : hs) {
            for (int batch : batches) {
              for (CompileRecurrences way : ways) {
                cases.add(
                    new TrainingSpeed.Case(
                        architecture, depth, grouped(h), grouped(head), batch, precision, way));
              }
            }
          }
        }
      }
    }
    if (device == ComputingDevice.CPU) {
      cases.sort(Comparator.comparing(Gpu::isCompiled));
    }
    return cases;
  }

  private void measure(TrainingSpeed.Case next) {
    var model = next.config().getModel();
    try {
      TrainingSpeed speed = TrainingSpeed.of(next, seconds);
      double rate = TrueWork.flopsPerImage(model) * next.batch() / speed.step();
      print(
          "%s %10.1f %10.1f %10.1f %12.1f %6.1f%%",
          label(next),
          speed.firstStep(),
          1000 * speed.step(),
          next.batch() / speed.step(),
          rate / 1e9,
          100 * rate / rates.get(next.precision()));
    } catch (RuntimeException e) { // For instance, the device has too little memory.
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      print("%s failed: %s", label(next), reason);
    }
  }

  private static boolean isCompiled(TrainingSpeed.Case c) {
    return c.compile() == CompileRecurrences.ALWAYS;
  }

  private static String label(TrainingSpeed.Case c) {
    String recurrences =
        c.architecture().equals(PIXEL_CNN) ? "-" : isCompiled(c) ? "compiled" : "by operation";
    return String.format(
        Locale.ROOT,
        "%-16s %6d %4d %6d %9s %-12s %10d",
        c.architecture(),
        c.layers(),
        c.h(),
        c.batch(),
        c.precision(),
        recurrences,
        TrueWork.parameters(c.config().getModel()));
  }

  /** The features of a map are groups, one for each channel. */
  private static int grouped(int features) {
    return (features + CHANNELS - 1) / CHANNELS * CHANNELS;
  }

  private double elapsed() {
    return (System.nanoTime() - begun) / 1e9;
  }

  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
