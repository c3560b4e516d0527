package org.pixelrnn.train.workers;

import com.google.common.base.Preconditions;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/** A process that trains alone. */
public enum SingleWorker implements WorkerGroup {
  /** The only worker. */
  ALONE;

  @Override
  public int index() {
    return 0;
  }

  @Override
  public int count() {
    return 1;
  }

  @Override
  public String name(int worker) {
    Preconditions.checkElementIndex(worker, 1);
    return "worker 0";
  }

  @Override
  public Session open(Graph graph, ConfigProto config) {
    return new Session(graph, config);
  }

  @Override
  public void close(Session session) {
    session.close();
  }

  @Override
  public Operand<TFloat32> sum(Ops tf, Operand<TFloat32> values) {
    return values;
  }

  @Override
  public float[] sum(float[] values) {
    return values.clone();
  }

  @Override
  public List<String> exchange(String text) {
    return List.of(text);
  }

  @Override
  public RuntimeException reason(RuntimeException failure) {
    return failure;
  }

  @Override
  public void end() {}
}
