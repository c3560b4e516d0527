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

  /** How TensorFlow executes a recurrence. */
  public enum Execution {
    /** One operation after the other. This is the faster way on a CPU. */
    BY_OPERATION,
    /**
     * XLA compiles the recurrence as a whole. On a GPU its thousands of small operations would wait
     * for their launches; compiled, they become a few large kernels.
     */
    COMPILED
  }
}
