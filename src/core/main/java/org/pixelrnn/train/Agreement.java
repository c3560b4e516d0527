package org.pixelrnn.train;

import com.google.common.base.MoreObjects;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.train.workers.WorkerGroup;
import org.pixelrnn.train.workers.WorkerLostException;
import org.tensorflow.TensorFlow;

/** The workers compare their runs before the first step. If two runs differ, all workers refuse. */
final class Agreement {
  private static final char SAYS = ' ';
  private static final char REFUSES = '!';

  private Agreement() {}

  /**
   * Gives every worker what all workers say. If one of them cannot say it, all fail.
   *
   * @param own what this worker says; it may throw an {@link InputException}
   * @throws InputException what {@code own} has thrown, here or at another worker
   */
  static List<String> eachSays(WorkerGroup workers, Supplier<String> own) {
    InputException wrong = null;
    String said = "";
    try {
      said = SAYS + own.get();
    } catch (InputException e) {
      wrong = e;
      said = REFUSES + e.getMessage();
    }
    List<String> all = workers.exchange(said);
    if (wrong != null) {
      throw refused(workers, wrong);
    }
    List<String> texts = new ArrayList<>();
    for (int worker = 0; worker < all.size(); worker++) {
      String text = all.get(worker).substring(1);
      if (all.get(worker).charAt(0) == REFUSES) {
        throw refused(workers, new InputException(workers.name(worker) + ": " + text));
      }
      texts.add(text);
    }
    return texts;
  }

  /** Thrown by all workers. None of them ends before the others know the reason. */
  private static InputException refused(WorkerGroup workers, InputException why) {
    try {
      workers.end();
    } catch (WorkerLostException e) {
      why.addSuppressed(e);
    }
    return why;
  }

  /**
   * Gives every worker what worker 0 says.
   *
   * @throws InputException what {@code leader} has thrown at worker 0
   */
  static String leaderSays(WorkerGroup workers, Supplier<String> leader) {
    return eachSays(workers, () -> workers.leads() ? leader.get() : "").get(0);
  }

  /**
   * Checks that all workers have the same run.
   *
   * @param run the run as this worker has prepared it
   * @param limits what else must be the same, in words
   * @throws InputException at every worker, with the first difference
   */
  static void check(WorkerGroup workers, Supplier<Run> run, String limits) {
    List<String> all =
        eachSays(
            workers,
            () ->
                versions() + "\n" + limits + "\n" + TextFormat.printer().printToString(run.get()));
    try {
      for (int worker = 1; worker < all.size(); worker++) {
        sameAsFirst(
            workers.name(worker), all.get(0).split("\n", 3), all.get(worker).split("\n", 3));
      }
    } catch (InputException e) {
      throw refused(workers, e);
    }
  }

  private static void sameAsFirst(String name, String[] first, String[] other) {
    same(name, "version", first[0], other[0]);
    same(name, "command", first[1], other[1]);
    sameRun(name, run(first[2]), run(other[2]));
  }

  private static void sameRun(String name, Run first, Run other) {
    same(name, "model", first.getConfig().getModel(), other.getConfig().getModel());
    same(name, "data configuration", first.getConfig().getData(), other.getConfig().getData());
    same(name, "training", first.getConfig().getTraining(), other.getConfig().getTraining());
    same(
        name,
        "small_training",
        Stages.smallTraining(first.getConfig()),
        Stages.smallTraining(other.getConfig()));
    same(name, "data set", first.getDataset(), other.getDataset());
    same(name, "data set's digest", first.getDatasetDigest(), other.getDatasetDigest());
  }

  private static void same(String name, String what, Object first, Object other) {
    if (!first.equals(other)) {
      throw new InputException(
          name
              + " has another "
              + what
              + ": "
              + inWords(other)
              + "; expected that of worker 0: "
              + inWords(first));
    }
  }

  private static String inWords(Object value) {
    return value instanceof Message message ? ConfigFile.oneLine(message) : value.toString();
  }

  /** Parses what a worker has said of its run. */
  static Run run(String text) {
    try {
      return TextFormat.parse(text, Run.class);
    } catch (TextFormat.ParseException e) {
      throw new IllegalStateException("a worker's run cannot be parsed", e);
    }
  }

  private static String versions() {
    String library =
        MoreObjects.firstNonNull(
            Agreement.class.getPackage().getImplementationVersion(), "(not from a jar)");
    return String.format(Locale.ROOT, "pixelrnn %s, TensorFlow %s", library, TensorFlow.version());
  }
}
