package org.pixelrnn.train.workers;

import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/**
 * The processes that train one model together. Worker 0 leads: it alone writes the run folder.
 *
 * <p>Every worker builds the same graphs and calls the same methods in the same order. A call that
 * reaches the other workers returns when all have made it.
 */
public sealed interface WorkerGroup permits SingleWorker, ClusterWorker {
  /** The number of this worker, from 0. */
  int index();

  /** The number of workers, at least 1. */
  int count();

  /** True if this worker writes the run folder. */
  default boolean leads() {
    return index() == 0;
  }

  /** The number and the address of a worker, as messages name it. */
  String name(int worker);

  /**
   * Opens a session whose collective operations reach the other workers. {@link #close} closes it.
   */
  Session open(Graph graph, ConfigProto config);

  /** Closes a session. */
  void close(Session session);

  /**
   * Adds the sum of a vector over all workers to a graph. Every worker must add it in the same
   * order, and run it as often as the others do.
   *
   * @param values {@code [length]}, of the same length on every worker
   * @return {@code [length]}
   */
  Operand<TFloat32> sum(Ops tf, Operand<TFloat32> values);

  /**
   * The sum of a vector over all workers.
   *
   * @param values of the same length on every worker
   * @throws WorkerLostException if another worker does not answer
   */
  float[] sum(float[] values);

  /**
   * Gives every worker the texts of all workers.
   *
   * @param text the text of this worker
   * @return the text of each worker
   * @throws WorkerLostException if another worker does not answer
   */
  List<String> exchange(String text);

  /**
   * Says why a step failed.
   *
   * @param failure what a session has thrown
   * @return a {@link WorkerLostException} if it failed because another worker does not answer;
   *     otherwise {@code failure}
   */
  RuntimeException reason(RuntimeException failure);

  /** Waits until every worker has come to its end. From then on none misses another. */
  void end();
}
