package org.pixelrnn.evaluate;

/** Hears how far an {@link Evaluation} has come. */
@FunctionalInterface
public interface EvaluationListener {
  /**
   * A batch was measured. Called on the thread that measures.
   *
   * @param done images measured so far
   * @param total images to measure
   */
  void measured(int done, int total);
}
