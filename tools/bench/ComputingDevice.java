import org.pixelrnn.model.graph.Precision;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/** The device that TensorFlow computes on, and how fast it multiplies matrices. */
enum ComputingDevice {
  GPU(8192, 4, 28),
  CPU(1024, 2, 8);

  private final int size;
  private final int few;
  private final int many;

  /**
   * Chooses matrices that keep the device busy.
   *
   * @param size the rows and columns of a matrix
   * @param few the products of a short chain
   * @param many the products of a long chain
   */
  ComputingDevice(int size, int few, int many) {
    this.size = size;
    this.few = few;
    this.many = many;
  }

  /** A GPU if TensorFlow can compute on one. */
  static ComputingDevice found() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops gpu =
          Ops.create(graph)
              .withDevice(
                  DeviceSpec.newBuilder()
                      .deviceType(DeviceSpec.DeviceType.GPU)
                      .deviceIndex(0)
                      .build());
      // Without a placeholder, TensorFlow would compute the result while it optimizes the graph.
      Placeholder<TFloat32> x = gpu.placeholder(TFloat32.class);
      Operand<TFloat32> root = gpu.math.sqrt(x);
      try (TFloat32 four = TFloat32.scalarOf(4)) {
        session.runner().feed(x, four).fetch(root).run().close();
      }
      return GPU;
    } catch (TensorFlowException | IllegalArgumentException e) {
      return CPU; // TensorFlow refuses a device that it does not have.
    }
  }

  /**
   * Measures products of large square matrices, many in one call, in FLOP/s. The time of a short
   * chain is subtracted from that of a long one, so that the call itself does not count.
   */
  double matrixProductRate(Precision precision) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      // The seed is fed: a chain of constants would be computed while the graph is optimized.
      Placeholder<TInt32> seed = tf.placeholder(TInt32.class);
      Operand<TFloat32> numbers =
          tf.random.statelessRandomNormal(
              tf.constant(new int[] {size, size}), seed, TFloat32.class);
      Operand<TFloat32> ofNormOne =
          tf.math.mul(numbers, tf.constant((float) (1 / Math.sqrt(size))));
      double shortChain = seconds(session, seed, chain(tf, precision.of(tf, ofNormOne), few));
      double longChain = seconds(session, seed, chain(tf, precision.of(tf, ofNormOne), many));
      return 2.0 * size * size * size * (many - few) / (longChain - shortChain);
    }
  }

  @Override
  public String toString() {
    return this == CPU ? "CPU, " + Runtime.getRuntime().availableProcessors() + " cores" : "GPU";
  }

  /** The mean of a power of a matrix, {@code []}. */
  private static Operand<TFloat32> chain(Ops tf, Operand<TFloating> matrix, int products) {
    Operand<TFloating> power = matrix;
    for (int i = 0; i < products; i++) {
      power = tf.linalg.matMul(power, matrix);
    }
    // In float32: GPUs have no mean of bfloat16.
    return tf.math.mean(Precision.float32(tf, power), tf.constant(new int[] {0, 1}));
  }

  private static double seconds(
      Session session, Placeholder<TInt32> seed, Operand<TFloat32> result) {
    try (TInt32 numbers = TInt32.vectorOf(1, 2)) {
      return Measure.seconds(
          () -> session.runner().feed(seed, numbers).fetch(result).run().close());
    }
  }
}
