import java.util.Random;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/** Timing and test data that all benchmarks share. */
final class Measure {
  static final int REPEATS = 5;

  private Measure() {}

  /** Measures the FLOP/s of a product of two 1024×1024 matrices: an upper bound for a network. */
  static double matrixProductPeak() {
    int n = 1024;
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      var a =
          tf.random.statelessRandomUniform(
              tf.constant(new int[] {n, n}), tf.constant(new int[] {1, 2}));
      var kept = tf.withName("kept").variable(a);
      session.initialize();
      var product = tf.math.mean(tf.linalg.matMul(kept, kept), tf.constant(new int[] {0, 1}));
      return 2.0 * n * n * n / seconds(() -> session.runner().fetch(product).run().close());
    }
  }

  /** Makes images of random levels. */
  static Images images(ImageShape shape, int count) {
    byte[] levels = new byte[count * shape.dimensions()];
    Random random = new Random(1);
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) random.nextInt(shape.levels());
    }
    return Images.of(shape, levels);
  }

  /** Runs {@code work} once, and returns its seconds. */
  static double once(Runnable work) {
    long begun = System.nanoTime();
    work.run();
    return (System.nanoTime() - begun) / 1e9;
  }

  /** Runs {@code work} {@link #REPEATS} times after a warm-up. Returns the shortest time. */
  static double seconds(Runnable work) {
    work.run();
    work.run();
    double best = Double.MAX_VALUE;
    for (int i = 0; i < REPEATS; i++) {
      best = Math.min(best, once(work));
    }
    return best;
  }
}
