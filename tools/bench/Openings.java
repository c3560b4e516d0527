import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.pixelrnn.sampler.Sampler;

/**
 * How long the first image takes after a model was opened with a warm-up, and how long later ones
 * take.
 *
 * <pre>tools/bench/run Openings savedmodels/mnist-pixelcnn savedmodels/mnist-row-lstm</pre>
 */
final class Openings {
  private Openings() {}

  public static void main(String[] models) {
    System.out.println("open s  first ms  later ms  first/later  model");
    for (String model : models) {
      long begun = System.nanoTime();
      try (Sampler sampler = Sampler.builder(Path.of(model)).warmUp(true).open()) {
        double opened = (System.nanoTime() - begun) / 1e9;
        double first = milliseconds(sampler);
        double[] later = DoubleStream.generate(() -> milliseconds(sampler)).limit(7).toArray();
        Arrays.sort(later);
        System.out.printf(
            Locale.ROOT,
            "%6.2f  %8.0f  %8.0f  %11.2f  %s%n",
            opened,
            first,
            later[3],
            first / later[3],
            model);
      }
    }
  }

  private static double milliseconds(Sampler sampler) {
    long begun = System.nanoTime();
    sampler.sample(1, 1, 1);
    return (System.nanoTime() - begun) / 1e6;
  }
}
