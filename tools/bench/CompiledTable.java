import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.pixelrnn.image.Images;
import org.pixelrnn.sampler.RowStream;
import org.pixelrnn.sampler.SampleRequest;
import org.pixelrnn.sampler.Sampler;

/**
 * Compares models with and without rows that XLA compiles. The default is each shipped model, with
 * one image.
 *
 * <pre>
 *   tools/bench/run CompiledTable [IMAGES MODEL...]
 * </pre>
 *
 * <p>The columns:
 *
 * <ul>
 *   <li>compile: seconds that the first row and the first image take longer
 *   <li>rows, sample: milliseconds for the images, row by row and all at once
 *   <li>c rows, c sample: the same with compiled rows
 *   <li>ratio: the time with compiled rows, divided by the time without
 *   <li>same: how many of the images are the same
 * </ul>
 */
final class CompiledTable {
  private static final List<String> SHIPPED =
      List.of(
          "mnist-diagonal-bilstm",
          "mnist-diagonal-bilstm-7",
          "mnist-row-lstm",
          "mnist-pixelcnn",
          "cifar10-pixelcnn",
          "cifar10-row-lstm",
          "cifar10-diagonal-bilstm",
          "mnist-multi-scale",
          "cifar10-multi-scale",
          "tiny-imagenet32-multi-scale");

  private static final int SEEDS = 20;

  private CompiledTable() {}

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT);
    int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1;
    List<String> models =
        arguments.length > 1
            ? List.of(arguments).subList(1, arguments.length)
            : SHIPPED.stream().map(name -> "savedmodels/" + name).toList();
    System.out.printf(
        "%-40s %8s %8s %8s %6s %8s %8s %6s %6s%n",
        "model", "compile", "rows", "c rows", "ratio", "sample", "c sample", "ratio", "same");
    for (String model : models) {
      print(Path.of(model), count);
    }
  }

  private static void print(Path model, int count) {
    try (Sampler plain = Sampler.open(model);
        Sampler compiled = Sampler.builder(model).compileFor(count).open()) {
      double asExported = first(plain, count);
      double compile = first(compiled, count) - asExported;
      double rows = Double.MAX_VALUE;
      double compiledRows = Double.MAX_VALUE;
      double sample = Double.MAX_VALUE;
      double compiledSample = Double.MAX_VALUE;
      int same = 0;
      for (int seed = 0; seed < SEEDS; seed++) {
        SampleRequest request = SampleRequest.of(count, seed);
        rows = Math.min(rows, Measure.once(() -> rows(plain, request)));
        compiledRows = Math.min(compiledRows, Measure.once(() -> rows(compiled, request)));
        sample = Math.min(sample, Measure.once(() -> plain.sample(request)));
        compiledSample = Math.min(compiledSample, Measure.once(() -> compiled.sample(request)));
        same += same(plain.sample(request), rows(compiled, request), compiled.sample(request));
      }
      System.out.printf(
          "%-40s %8.1f %8.1f %8.1f %6.2f %8.1f %8.1f %6.2f %6s%n",
          model.getFileName(),
          compile,
          1000 * rows,
          1000 * compiledRows,
          compiledRows / rows,
          1000 * sample,
          1000 * compiledSample,
          compiledSample / sample,
          same + "/" + count * SEEDS);
    }
  }

  private static double first(Sampler sampler, int count) {
    return Measure.once(
        () -> {
          rows(sampler, SampleRequest.of(count, 0));
          sampler.sample(count, 0, 1);
        });
  }

  private static Images rows(Sampler sampler, SampleRequest request) {
    try (RowStream rows = sampler.rows(request)) {
      while (rows.next()) {
        // The images are read at the end.
      }
      return rows.images();
    }
  }

  /** The number of images that are the same in all three. */
  private static int same(Images plain, Images rows, Images sample) {
    int same = 0;
    for (int i = 0; i < plain.count(); i++) {
      Images one = plain.slice(i, i + 1);
      same += one.equals(rows.slice(i, i + 1)) && one.equals(sample.slice(i, i + 1)) ? 1 : 0;
    }
    return same;
  }
}
