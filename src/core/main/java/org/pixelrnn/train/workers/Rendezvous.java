package org.pixelrnn.train.workers;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.QuietStart;
import org.tensorflow.Server;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.ClusterDef;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.JobDef;
import org.tensorflow.proto.ServerDef;

/**
 * How the workers meet. Each starts its TensorFlow server, and waits until a server answers at the
 * address of every other worker. Workers may start in any order.
 */
final class Rendezvous {
  /**
   * Operations of a step run side by side, up to four parts of a batch. So each of them needs a
   * quarter of the threads.
   */
  private static final int PARTS = 4;

  private static final Duration BETWEEN_TRIES = Duration.ofMillis(200);

  /**
   * A worker of an earlier run may hold the port: after the loss of another it ends within 30 s.
   */
  private static final Duration TIME_TO_LISTEN = Duration.ofSeconds(40);

  private static final Duration TIME_TO_ANSWER = Duration.ofSeconds(5);

  private final Cluster cluster;
  private final Duration timeout;
  private final long begin = System.nanoTime();

  Rendezvous(Cluster cluster, Duration timeout) {
    this.cluster = cluster;
    this.timeout = timeout;
  }

  /**
   * Starts the server of this worker.
   *
   * @param threads the number of threads of its sessions, at least 1
   * @throws InputException if another process listens at the port
   */
  Server listen(int threads) {
    while (true) {
      try {
        checkPort();
        return QuietStart.filter(() -> start(threads));
      } catch (IOException | TensorFlowException e) {
        // TensorFlow does not say why, and prints lines. So the port is checked first. Another
        // process may still take it in between.
        if (hasPassed(TIME_TO_LISTEN)) {
          throw new InputException(
              cluster.name(cluster.index())
                  + " cannot listen at port "
                  + cluster.port()
                  + ": "
                  + reason(e),
              e);
        }
        Uninterruptibles.sleepUninterruptibly(BETWEEN_TRIES);
      }
    }
  }

  private void checkPort() throws IOException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(cluster.port()));
    }
  }

  private Server start(int threads) {
    JobDef.Builder job = JobDef.newBuilder().setName(WorkerDevice.JOB);
    for (int i = 0; i < cluster.addresses().size(); i++) {
      job.putTasks(i, cluster.addresses().get(i));
    }
    Server server =
        new Server(
            ServerDef.newBuilder()
                .setCluster(ClusterDef.newBuilder().addJob(job))
                .setJobName(WorkerDevice.JOB)
                .setTaskIndex(cluster.index())
                .setProtocol("grpc")
                .setDefaultSessionConfig(
                    ConfigProto.newBuilder()
                        .setIntraOpParallelismThreads(Math.max(1, threads / PARTS))
                        .setInterOpParallelismThreads(threads)
                        .setExperimental(
                            ConfigProto.Experimental.newBuilder()
                                .setCollectiveGroupLeader(WorkerDevice.task(0))))
                .build());
    server.start();
    return server;
  }

  /**
   * Waits for the other workers.
   *
   * @throws WorkerLostException if one has not come in time
   */
  void awaitAll() {
    for (int worker = 0; worker < cluster.addresses().size(); worker++) {
      await(worker);
    }
  }

  private void await(int worker) {
    while (true) {
      try {
        greet(worker);
        return;
      } catch (IOException e) {
        if (hasPassed(timeout)) {
          throw new WorkerLostException(
              cluster.name(worker)
                  + " has not come within "
                  + timeout.toSeconds()
                  + " s: "
                  + InputException.reason(e),
              e);
        }
        Uninterruptibles.sleepUninterruptibly(BETWEEN_TRIES);
      }
    }
  }

  /** The first worker at whose address no server answers. */
  Optional<Integer> missing() {
    return IntStream.range(0, cluster.addresses().size())
        .boxed()
        .filter(worker -> !answers(worker))
        .findFirst();
  }

  private boolean answers(int worker) {
    try {
      greet(worker);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void greet(int worker) throws IOException {
    // Looked up each time: the name of a worker may be known only once it is there.
    Greeting.exchange(cluster.lookUp(worker), TIME_TO_ANSWER);
  }

  private boolean hasPassed(Duration time) {
    return System.nanoTime() - begin > Math.min(time.toNanos(), timeout.toNanos());
  }

  private static String reason(Exception e) {
    return e instanceof IOException io
        ? InputException.reason(io)
        : InputException.reason((RuntimeException) e);
  }
}
