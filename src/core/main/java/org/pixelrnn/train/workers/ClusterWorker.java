package org.pixelrnn.train.workers;

import com.google.common.base.Preconditions;
import com.google.common.net.HostAndPort;
import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.pixelrnn.image.InputException;
import org.pixelrnn.model.graph.LatinDigits;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Server;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ClusterDef;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.JobDef;
import org.tensorflow.proto.ServerDef;
import org.tensorflow.types.TFloat32;

/**
 * One of several workers. It runs a TensorFlow server, and its sessions run on that server, so that
 * {@code CollectiveReduceV2} sums over all workers.
 *
 * <p>A process is one worker for all its life: TensorFlow cannot close a server.
 */
public final class ClusterWorker implements WorkerGroup {
  /**
   * Operations of a step run side by side, up to four parts of a batch. So each of them needs a
   * quarter of the threads.
   */
  private static final int PARTS = 4;

  private static final Duration BETWEEN_TRIES = Duration.ofMillis(200);

  /** How long a worker that has noticed a loss stays, so that the others notice the same loss. */
  private static final Duration LINGER = Duration.ofSeconds(5);

  /** The worker that this process is. */
  private static ClusterWorker joined;

  private final Cluster cluster;

  /** Kept so that nobody frees it. */
  @SuppressWarnings("unused")
  private final Server server;

  private final CollectiveSum collective;
  private final WorkerWatch watch;
  private final VectorSum vectors;

  /** True if every worker has a GPU. */
  private final boolean gpus;

  /** The sessions that are open. Guarded by this. */
  private final IdentityHashMap<Session, RemoteSession> sessions = new IdentityHashMap<>();

  /** True once another worker was lost. Guarded by this. */
  private boolean lost;

  private ClusterWorker(Cluster cluster, Server server, boolean gpu) {
    this.cluster = cluster;
    this.server = server;
    collective = new CollectiveSum(cluster);
    watch = new WorkerWatch(cluster, this::abort);
    vectors = LatinDigits.during(() -> new VectorSum(this, collective));
    watch.start();
    gpus = sum(new float[] {gpu ? 1 : 0})[0] == count();
  }

  /**
   * Joins the other workers. It waits until all have come.
   *
   * @param timeout how long to wait
   * @param threads the number of threads of this worker, at least 1
   * @param gpu true if this worker has a GPU
   * @throws InputException if this worker cannot listen at its address
   * @throws WorkerLostException if another worker has not come in time; this process cannot join
   *     again then, and must end
   */
  public static synchronized ClusterWorker join(
      Cluster cluster, Duration timeout, int threads, boolean gpu) {
    if (joined == null) {
      long deadline = System.nanoTime() + timeout.toNanos();
      Server server = listen(cluster, threads, deadline);
      for (int worker = 0; worker < cluster.addresses().size(); worker++) {
        await(cluster, worker, timeout, deadline);
      }
      joined = new ClusterWorker(cluster, server, gpu);
    }
    Preconditions.checkState(
        joined.cluster.equals(cluster),
        "this process is %s already; expected the same cluster for all its life",
        joined.cluster.name(joined.index()));
    joined.watch.start();
    return joined;
  }

  /** The process of an earlier run may hold the port for some seconds. */
  private static Server listen(Cluster cluster, int threads, long deadline) {
    while (true) {
      try (ServerSocket probe = new ServerSocket()) {
        probe.setReuseAddress(true);
        probe.bind(new InetSocketAddress(cluster.port()));
        break;
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
          throw new InputException(
              cluster.name(cluster.index())
                  + " cannot listen at port "
                  + cluster.port()
                  + ": "
                  + InputException.reason(e),
              e);
        }
        Uninterruptibles.sleepUninterruptibly(BETWEEN_TRIES);
      }
    }
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

  private static void await(Cluster cluster, int worker, Duration timeout, long deadline) {
    HostAndPort address = HostAndPort.fromString(cluster.addresses().get(worker));
    while (true) {
      try (Socket socket = new Socket()) {
        // A new address each time: the name of a worker may be known only once it is there.
        socket.connect(
            new InetSocketAddress(address.getHost(), address.getPort()),
            (int) TimeUnit.SECONDS.toMillis(5));
        return;
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
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

  @Override
  public int index() {
    return cluster.index();
  }

  @Override
  public int count() {
    return cluster.addresses().size();
  }

  @Override
  public String name(int worker) {
    return cluster.name(worker);
  }

  @Override
  public Session open(Graph graph, ConfigProto config) {
    RemoteSession remote =
        RemoteSession.of(graph, "grpc://127.0.0.1:" + cluster.port(), collective.reaching(config));
    synchronized (this) {
      sessions.put(remote.session(), remote);
      if (lost) {
        remote.abort();
      }
    }
    return remote.session();
  }

  @Override
  public synchronized void close(Session session) {
    sessions.remove(session).close();
  }

  /** Makes what waits for a lost worker fail. */
  private synchronized void abort() {
    lost = true;
    sessions.values().forEach(RemoteSession::abort);
  }

  @Override
  public Operand<TFloat32> sum(Ops tf, Operand<TFloat32> values) {
    return collective.of(tf, values, gpus);
  }

  @Override
  public float[] sum(float[] values) {
    try {
      return vectors.sum(values);
    } catch (RuntimeException e) {
      throw reason(e);
    }
  }

  @Override
  public List<String> exchange(String text) {
    return TextExchange.of(this, text);
  }

  @Override
  public RuntimeException reason(RuntimeException failure) {
    if (failure instanceof WorkerLostException || !(isOfTheNetwork(failure) || watch.hasLost())) {
      return failure;
    }
    String who =
        watch
            .lost()
            .map(worker -> cluster.name(worker) + " does not answer any more")
            .orElse("a worker has failed: " + InputException.reason(failure));
    Uninterruptibles.sleepUninterruptibly(LINGER);
    return new WorkerLostException(who, failure);
  }

  /** Wrong numbers or too little memory are this worker's own. */
  private static boolean isOfTheNetwork(RuntimeException failure) {
    return failure instanceof TensorFlowException
        && !(failure instanceof TFInvalidArgumentException)
        && !(failure instanceof TFResourceExhaustedException);
  }

  @Override
  public void end() {
    sum(new float[1]);
    watch.stop();
    try {
      // All have ended, but some may still fetch the first sum from this worker.
      vectors.sum(new float[1], LINGER);
    } catch (RuntimeException e) {
      // Another worker has fetched it, and its process has ended.
    }
  }

  @Override
  public String toString() {
    return cluster.name(index());
  }
}
