package org.pixelrnn.train.workers;

import java.time.Duration;
import java.util.Arrays;
import org.pixelrnn.model.graph.BuildGuard;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;

/** The sum of vectors of any length over all workers, outside of any step. */
final class VectorSum {
  /** A long vector is summed in pieces of one length, the last one filled up with zeros. */
  private static final int PIECE = 4096;

  private final Session session;
  private final Placeholder<TFloat32> values;
  private final Operand<TFloat32> sum;

  VectorSum(ClusterWorker worker, CollectiveSum collective) {
    try (BuildGuard guard = new BuildGuard()) {
      Graph graph = guard.made(new Graph());
      Ops tf = Ops.create(graph);
      values =
          tf.withName("values").placeholder(TFloat32.class, Placeholder.shape(Shape.of(PIECE)));
      sum = collective.of(tf, values, false);
      session = worker.open(graph, ConfigProto.getDefaultInstance());
      guard.allBuilt();
    }
  }

  /** Waits as long as it takes. */
  float[] sum(float[] vector) {
    return sum(vector, Duration.ZERO);
  }

  /**
   * The sum of a vector over all workers.
   *
   * @param timeout how long each piece may take; zero for ever
   */
  float[] sum(float[] vector, Duration timeout) {
    RunOptions options = RunOptions.newBuilder().setTimeoutInMs(timeout.toMillis()).build();
    float[] whole = new float[vector.length];
    for (int from = 0; from < vector.length; from += PIECE) {
      float[] piece = Arrays.copyOfRange(vector, from, from + PIECE);
      try (TFloat32 fed = TFloat32.tensorOf(Shape.of(PIECE), DataBuffers.of(piece));
          Result result = session.runner().setOptions(options).feed(values, fed).fetch(sum).run()) {
        float[] summed = StdArrays.array1dCopyOf((TFloat32) result.get(0));
        System.arraycopy(summed, 0, whole, from, Math.min(PIECE, vector.length - from));
      }
    }
    return whole;
  }
}
