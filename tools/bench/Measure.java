import java.util.Random;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/** What all benchmarks measure in the same way. */
final class Measure {
  static final int REPEATS = 5;

  private Measure() {}

  /** FLOP/s of the largest products that a network of this kind could hope for. */
  static double matrixProductPeak() {
    int n = 1024;
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      var a = tf.random.statelessRandomUniform(tf.constant(new int[] {n, n}), tf.constant(new int[] {1, 2}));
      var kept = tf.withName("kept").variable(a);
      session.initialize();
      var product = tf.math.mean(tf.linalg.matMul(kept, kept), tf.constant(new int[] {0, 1}));
      return 2.0 * n * n * n / seconds(() -> session.runner().fetch(product).run().close());
    }
  }

  /** Images of random levels. */
  static Images images(ImageShape shape, int count) {
    byte[] levels = new byte[count * shape.dimensions()];
    Random random = new Random(1);
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) random.nextInt(shape.levels());
    }
    return Images.of(shape, levels);
  }

  /** The best of some times that {@code work} takes. */
  static double seconds(Runnable work) {
    work.run();
    work.run();
    double best = Double.MAX_VALUE;
    for (int i = 0; i < REPEATS; i++) {
      long begun = System.nanoTime();
      work.run();
      best = Math.min(best, (System.nanoTime() - begun) / 1e9);
    }
    return best;
  }
}
