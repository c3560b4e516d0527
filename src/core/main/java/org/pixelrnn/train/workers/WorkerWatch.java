package org.pixelrnn.train.workers;

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
import org.pixelrnn.model.graph.BuildGuard;
import org.pixelrnn.model.graph.LatinDigits;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;

/**
 * Asks the other workers every few seconds whether they are there: each computes {@code -x} of a
 * number. One that does not answer in time is lost. A killed process is noticed by the sum that
 * waits for it, too, but a frozen one only here.
 */
final class WorkerWatch {
  private static final Duration BETWEEN_QUESTIONS = Duration.ofSeconds(3);
  private static final Duration TIME_TO_ANSWER = Duration.ofSeconds(12);
  private static final int MOST_THREADS = 16;

  private final Cluster cluster;
  private final Runnable whenLost;
  private final ExecutorService askers;
  private final Placeholder<TFloat32> number;
  private final Session session;

  /** The number that each other worker computes. */
  private final Map<Integer, Operand<TFloat32>> answers = new LinkedHashMap<>();

  // Guarded by this.
  private Optional<Integer> lost = Optional.empty();
  private Thread thread;

  /**
   * Prepares the questions.
   *
   * @param whenLost called once, when the first worker is lost
   */
  WorkerWatch(Cluster cluster, Runnable whenLost) {
    this.cluster = cluster;
    this.whenLost = whenLost;
    askers =
        Executors.newFixedThreadPool(
            Math.min(MOST_THREADS, cluster.addresses().size()), WorkerWatch::daemon);
    try (BuildGuard guard = new BuildGuard()) {
      Graph graph = guard.made(new Graph());
      Ops tf = Ops.create(graph);
      number =
          tf.withDevice(WorkerDevice.cores(cluster.index()))
              .withName("number")
              .placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
      LatinDigits.during(() -> addQuestions(tf));
      session =
          RemoteSession.of(
                  graph, "grpc://127.0.0.1:" + cluster.port(), ConfigProto.getDefaultInstance())
              .session();
      guard.allBuilt();
    }
  }

  private void addQuestions(Ops tf) {
    for (int worker = 0; worker < cluster.addresses().size(); worker++) {
      if (worker != cluster.index()) {
        answers.put(worker, tf.withDevice(WorkerDevice.cores(worker)).math.neg(number));
      }
    }
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
        Optional<Integer> missing = ask();
        if (missing.isPresent() && note(missing.get())) {
          whenLost.run();
          return;
        }
        Thread.sleep(BETWEEN_QUESTIONS.toMillis());
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
      return ask();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Asks all at once. Returns the first that does not answer. */
  private Optional<Integer> ask() throws InterruptedException {
    Map<Integer, Future<Boolean>> asked = new LinkedHashMap<>();
    answers.forEach((worker, answer) -> asked.put(worker, askers.submit(() -> answers(answer))));
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

  private boolean answers(Operand<TFloat32> answer) {
    RunOptions inTime = RunOptions.newBuilder().setTimeoutInMs(TIME_TO_ANSWER.toMillis()).build();
    try (TFloat32 one = TFloat32.scalarOf(1);
        Result result = session.runner().setOptions(inTime).feed(number, one).fetch(answer).run()) {
      return ((TFloat32) result.get(0)).getFloat() == -1;
    }
  }
}
