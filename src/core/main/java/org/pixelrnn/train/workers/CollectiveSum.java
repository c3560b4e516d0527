package org.pixelrnn.train.workers;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/**
 * TensorFlow's {@code CollectiveReduceV2}: {@code Σ_i x_i}, where {@code x_i} is the vector of
 * worker i. Between cores the sum goes around in a ring: each worker adds its own numbers to what
 * it gets from the one before, in the same order in every step. Between GPUs it is NCCL's.
 */
final class CollectiveSum {
  private static final int GROUP_OF_CORES = 1;
  private static final int GROUP_OF_GPUS = 2;

  private final Cluster cluster;

  /** Each sum of a process has a key, the same on every worker. */
  private final AtomicInteger keys = new AtomicInteger(1);

  /** The last sum of GPUs that was added to a graph. */
  private Optional<Operation> last = Optional.empty();

  CollectiveSum(Cluster cluster) {
    this.cluster = cluster;
  }

  /** The configuration of a session whose sums reach the other workers. */
  ConfigProto reaching(ConfigProto config) {
    return config.toBuilder()
        // The session's own variables, and no operation elsewhere by mistake.
        .setIsolateSessionState(true)
        .addDeviceFilters(WorkerDevice.task(cluster.index()))
        .setExperimental(
            config.getExperimental().toBuilder().setCollectiveGroupLeader(WorkerDevice.task(0)))
        .build();
  }

  /**
   * Adds a sum to a graph.
   *
   * @param values {@code [length]}
   * @param gpus true if the GPUs of all workers compute it, false if their cores do
   * @return {@code [length]}
   */
  Operand<TFloat32> of(Ops tf, Operand<TFloat32> values, boolean gpus) {
    DeviceSpec device =
        gpus ? WorkerDevice.gpu(cluster.index()) : WorkerDevice.cores(cluster.index());
    Ops there = tf.withDevice(device);
    OperationBuilder builder =
        there
            .scope()
            .env()
            .opBuilder("CollectiveReduceV2", there.scope().makeOpName("Sum"), there.scope())
            .addInput(values.asOutput())
            .addInput(tf.constant(cluster.addresses().size()).asOutput())
            .addInput(tf.constant(gpus ? GROUP_OF_GPUS : GROUP_OF_CORES).asOutput())
            .addInput(tf.constant(keys.getAndIncrement()).asOutput())
            .addInputList(new Output<?>[0])
            .setDevice(device.toString())
            .setAttr("merge_op", "Add")
            .setAttr("final_op", "Id")
            .setAttr("communication_hint", gpus ? "nccl" : "ring");
    if (!gpus) {
      return builder.build().output(0).expect(TFloat32.class);
    }
    // NCCL hangs unless all workers begin its sums in the same order.
    last.filter(sum -> sum.env() == tf.scope().env()).ifPresent(builder::addControlInput);
    Operation sum = builder.build();
    last = Optional.of(sum);
    return sum.output(0).expect(TFloat32.class);
  }
}
