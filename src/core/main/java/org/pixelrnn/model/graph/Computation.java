package org.pixelrnn.model.graph;

/**
 * How a graph computes a network over whole images.
 *
 * @param precision the number format of feature maps
 * @param execution how recurrences are executed
 */
public record Computation(Precision precision, Execution execution) {
  /** In float32, operation by operation. */
  public static final Computation DEFAULT =
      new Computation(Precision.FLOAT32, Execution.BY_OPERATION);

  /** In float32, with operations that every runtime knows. */
  public static final Computation PORTABLE = new Computation(Precision.FLOAT32, Execution.PORTABLE);

  /** How TensorFlow executes a recurrence. */
  public enum Execution {
    /** One operation after the other. This is the faster way on a CPU. */
    BY_OPERATION,
    /**
     * XLA compiles the recurrence as a whole. On a GPU its thousands of small operations would wait
     * for their launches; compiled, they become a few large kernels.
     */
    COMPILED,
    /**
     * Operation by operation, with operations that every runtime knows. Converters to ONNX and
     * TensorFlow Lite know neither TensorFlow's LSTM cells nor its softmax with a built-in loss.
     */
    PORTABLE
  }
}
