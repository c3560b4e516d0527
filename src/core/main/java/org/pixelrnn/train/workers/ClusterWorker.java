package org.pixelrnn.train.workers;

import com.google.common.base.Preconditions;
import com.google.common.base.Throwables;
import com.google.common.util.concurrent.ExecutionError;
import com.google.common.util.concurrent.SimpleTimeLimiter;
import com.google.common.util.concurrent.UncheckedExecutionException;
import com.google.common.util.concurrent.Uninterruptibles;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.QuietStart;
import org.pixelrnn.model.graph.LatinDigits;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Server;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/**
 * One of several workers. It runs a TensorFlow server, and its sessions run on that server, so that
 * {@code CollectiveReduceV2} sums over all workers.
 *
 * <p>A process is one worker for all its life: TensorFlow cannot close a server.
 */
public final class ClusterWorker implements WorkerGroup {
  /** How long the first sum over all workers may take, once all have come. */
  private static final Duration TIME_TO_MEET = Duration.ofSeconds(60);

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
      Rendezvous rendezvous = new Rendezvous(cluster, timeout);
      Server server = rendezvous.listen(threads);
      rendezvous.awaitAll();
      joined = inTime(rendezvous, () -> new ClusterWorker(cluster, server, gpu), cluster);
    }
    Preconditions.checkState(
        joined.cluster.equals(cluster),
        "this process is %s already; expected the same cluster for all its life",
        joined.cluster.name(joined.index()));
    joined.watch.start();
    return joined;
  }

  /**
   * TensorFlow opens no session as long as another worker's server does not answer, and it waits
   * for ever.
   */
  private static ClusterWorker inTime(
      Rendezvous rendezvous, Callable<ClusterWorker> joining, Cluster cluster) {
    ExecutorService thread = Executors.newSingleThreadExecutor(ClusterWorker::daemon);
    try {
      return SimpleTimeLimiter.create(thread).callUninterruptiblyWithTimeout(joining, TIME_TO_MEET);
    } catch (TimeoutException e) {
      String who =
          rendezvous
              .missing()
              .map(worker -> cluster.name(worker) + " does not answer any more")
              .orElse(
                  "the workers do not find one another within "
                      + TIME_TO_MEET.toSeconds()
                      + " s; expected one worker at each address, with an index of its own");
      throw new WorkerLostException(who, e);
    } catch (ExecutionException | ExecutionError e) {
      Throwables.throwIfUnchecked(e.getCause());
      throw new IllegalStateException(e.getCause());
    } catch (UncheckedExecutionException e) {
      Throwables.throwIfUnchecked(e.getCause());
      throw e;
    } finally {
      thread.shutdown();
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "joining");
    thread.setDaemon(true);
    return thread;
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
    quietly(() -> sessions.values().forEach(RemoteSession::abort));
  }

  /** Does something without the lines that TensorFlow prints, one for each cancelled call. */
  private static void quietly(Runnable task) {
    QuietStart.filter(
        () -> {
          task.run();
          return null;
        });
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
    // The calls of other threads are cancelled meanwhile.
    quietly(() -> Uninterruptibles.sleepUninterruptibly(LINGER));
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
      quietly(() -> vectors.sum(new float[1], LINGER));
    } catch (RuntimeException e) {
      // Another worker has fetched it, and its process has ended.
    }
  }

  @Override
  public String toString() {
    return cluster.name(index());
  }
}
