package org.pixelrnn.train.workers;

import java.io.IOException;
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

/**
 * Greets the other workers every few seconds. One that does not answer in time is lost. A killed
 * process is noticed by the sum that waits for it, too, but a frozen one only here.
 */
final class WorkerWatch {
  private static final Duration BETWEEN_GREETINGS = Duration.ofSeconds(3);
  private static final Duration TIME_TO_ANSWER = Duration.ofSeconds(10);

  /**
   * The time to answer once a sum has failed, perhaps because another worker has noticed the loss.
   * Both times together must be well below 30 seconds.
   */
  private static final Duration TIME_AFTER_FAILURE = Duration.ofSeconds(5);

  private static final int MOST_THREADS = 16;

  private final Cluster cluster;
  private final Runnable whenLost;
  private final ExecutorService askers;

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
    askers =
        Executors.newFixedThreadPool(
            Math.min(MOST_THREADS, cluster.addresses().size()), WorkerWatch::daemon);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "worker-watch");
    thread.setDaemon(true);
    return thread;
  }

  /** Begins to ask. */
  synchronized void start() {
    if (thread == null && lost.isEmpty()) {
      thread = daemon(this::watch);
      thread.start();
    }
  }

  /** Asks no more. */
  synchronized void stop() {
    if (thread != null) {
      thread.interrupt();
      thread = null;
    }
  }

  private void watch() {
    try {
      while (true) {
        Optional<Integer> missing = ask(TIME_TO_ANSWER);
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

  /** The worker that is lost. If none was missed so far, all are asked now. */
  Optional<Integer> lost() {
    synchronized (this) {
      if (lost.isPresent()) {
        return lost;
      }
    }
    try {
      return ask(TIME_AFTER_FAILURE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Asks all at once. Returns the first that does not answer. */
  private Optional<Integer> ask(Duration time) throws InterruptedException {
    Map<Integer, Future<Boolean>> asked = new LinkedHashMap<>();
    for (int worker = 0; worker < cluster.addresses().size(); worker++) {
      if (worker != cluster.index()) {
        String address = cluster.addresses().get(worker);
        asked.put(worker, askers.submit(() -> answers(address, time)));
      }
    }
    List<Integer> missing = new ArrayList<>();
    for (Map.Entry<Integer, Future<Boolean>> question : asked.entrySet()) {
      try {
        if (!question.getValue().get()) {
          missing.add(question.getKey());
        }
      } catch (ExecutionException e) {
        missing.add(question.getKey());
      }
    }
    return missing.stream().findFirst();
  }

  private static boolean answers(String address, Duration time) {
    try {
      Greeting.exchange(address, time);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
