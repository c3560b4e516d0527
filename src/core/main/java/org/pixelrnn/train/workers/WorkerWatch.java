package org.pixelrnn.train.workers;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Greets the other workers every few seconds. One that does not answer in time is lost. A killed
 * process is noticed by the sum that waits for it, too, but a frozen one only here.
 */
final class WorkerWatch {
  private static final Duration BETWEEN_GREETINGS = Duration.ofSeconds(3);
  private static final Duration TIME_TO_ANSWER = Duration.ofSeconds(10);

  /**
   * The time to answer once a sum has failed, perhaps because another worker has noticed the loss.
   * In the worst case a worker ends after the time between greetings, both times to answer, and the
   * time for which it stays for the others: 3 + 10 + 5 + 5 = 23 seconds. It must be below 30.
   */
  private static final Duration TIME_AFTER_FAILURE = Duration.ofSeconds(5);

  private static final int MOST_THREADS = 16;

  private final Cluster cluster;
  private final Runnable whenLost;
  private final ExecutorService greeters;

  /** Looked up when all have come: a name server that fails later must not end the run. */
  private final List<InetSocketAddress> addresses;

  // Guarded by this.
  private Optional<Integer> lost = Optional.empty();
  private Thread thread;

  /**
   * Prepares the watch.
   *
   * @param whenLost called once, when the first worker is lost
   */
  WorkerWatch(Cluster cluster, Runnable whenLost) {
    this.cluster = cluster;
    this.whenLost = whenLost;
    addresses = IntStream.range(0, cluster.addresses().size()).mapToObj(cluster::lookUp).toList();
    greeters =
        Executors.newFixedThreadPool(
            Math.min(MOST_THREADS, cluster.addresses().size()), WorkerWatch::daemon);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "worker-watch");
    thread.setDaemon(true);
    return thread;
  }

  /** Begins to greet. */
  synchronized void start() {
    if (thread == null && lost.isEmpty()) {
      thread = daemon(this::watch);
      thread.start();
    }
  }

  /** Greets no more. */
  synchronized void stop() {
    if (thread != null) {
      thread.interrupt();
      thread = null;
    }
  }

  private void watch() {
    try {
      while (true) {
        Optional<Integer> missing = greetAll(TIME_TO_ANSWER);
        if (missing.isPresent() && note(missing.get())) {
          whenLost.run();
          return;
        }
        Thread.sleep(BETWEEN_GREETINGS.toMillis());
      }
    } catch (InterruptedException e) {
      // Stopped.
    }
  }

  /** Notes who is lost. False if this watch was stopped meanwhile. */
  private synchronized boolean note(int worker) {
    if (Thread.currentThread() != thread) {
      return false;
    }
    lost = Optional.of(worker);
    return true;
  }

  synchronized boolean hasLost() {
    return lost.isPresent();
  }

  /** The worker that is lost. If none was missed so far, all are greeted now. */
  Optional<Integer> lost() {
    synchronized (this) {
      if (lost.isPresent()) {
        return lost;
      }
    }
    try {
      return greetAll(TIME_AFTER_FAILURE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Greets all at once. Returns the first that does not answer. */
  private Optional<Integer> greetAll(Duration time) throws InterruptedException {
    Map<Integer, Future<Boolean>> greeted = new LinkedHashMap<>();
    for (int worker = 0; worker < cluster.addresses().size(); worker++) {
      if (worker != cluster.index()) {
        InetSocketAddress address = addresses.get(worker);
        greeted.put(worker, greeters.submit(() -> answers(address, time)));
      }
    }
    List<Integer> missing = new ArrayList<>();
    for (Map.Entry<Integer, Future<Boolean>> greeting : greeted.entrySet()) {
      try {
        if (!greeting.getValue().get()) {
          missing.add(greeting.getKey());
        }
      } catch (ExecutionException e) {
        missing.add(greeting.getKey());
      }
    }
    return missing.stream().findFirst();
  }

  private static boolean answers(InetSocketAddress address, Duration time) {
    try {
      Greeting.exchange(address, time);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
