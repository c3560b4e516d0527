package org.pixelrnn.train;

import com.google.common.base.MoreObjects;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.train.workers.WorkerGroup;
import org.pixelrnn.train.workers.WorkerLostException;
import org.tensorflow.TensorFlow;

/**
 * The workers compare their runs before the first step. If one of them has wrong input, or if two
 * have different runs, all refuse and give the same reason.
 */
public final class Agreement {
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

  /**
   * Makes something at every worker, for instance its configuration. If one of them cannot make it,
   * all fail.
   *
   * @param own makes it; it may throw an {@link InputException}
   * @return what this worker has made
   * @throws InputException what {@code own} has thrown, here or at another worker
   */
  public static <T> T eachMakes(WorkerGroup workers, Supplier<T> own) {
    AtomicReference<T> made = new AtomicReference<>();
    eachSays(
        workers,
        () -> {
          made.set(own.get());
          return "";
        });
    return made.get();
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
        checkSame(workers.name(worker), all.get(0), all.get(worker));
      }
    } catch (InputException e) {
      throw refused(workers, e);
    }
  }

  /**
   * Compares what two workers say.
   *
   * @param name the name of the other worker
   * @param first what worker 0 says: the versions on the first line, the limits on the second, then
   *     its run
   * @param other what the other worker says
   * @throws InputException with the first difference
   */
  static void checkSame(String name, String first, String other) {
    String[] ofFirst = first.split("\n", 3);
    String[] ofOther = other.split("\n", 3);
    same(name, "version", ofFirst[0], ofOther[0]);
    same(name, "command", ofFirst[1], ofOther[1]);
    sameRun(name, run(ofFirst[2]), run(ofOther[2]));
  }

  private static void sameRun(String name, Run first, Run other) {
    sameFields(name, "", complete(first.getConfig()), complete(other.getConfig()));
    same(name, "data set", first.getDataset(), other.getDataset());
    same(name, "data set's digest", first.getDatasetDigest(), other.getDatasetDigest());
  }

  /** The configuration with every setting of the small network's training. */
  private static RunConfig complete(RunConfig config) {
    return config.toBuilder().setSmallTraining(Stages.smallTraining(config)).build();
  }

  /** A field with its default value and one that is not set are the same. */
  private static void sameFields(String name, String path, Message first, Message other) {
    for (FieldDescriptor field : first.getDescriptorForType().getFields()) {
      String inner = path + field.getName();
      boolean choice = field.getContainingOneof() != null;
      if (choice && first.hasField(field) != other.hasField(field)) {
        same(name, inner, inWords(first, field), inWords(other, field));
      } else if (field.getJavaType() == JavaType.MESSAGE && !field.isRepeated()) {
        // A message may have fields of its own kind, so only those that are set are entered.
        if (first.hasField(field) || other.hasField(field)) {
          sameFields(
              name, inner + ".", (Message) first.getField(field), (Message) other.getField(field));
        }
      } else {
        same(name, inner, first.getField(field), other.getField(field));
      }
    }
  }

  private static String inWords(Message message, FieldDescriptor field) {
    if (!message.hasField(field)) {
      return "not set";
    }
    return message.getField(field) instanceof Message inner
        ? ConfigFile.oneLine(inner)
        : message.getField(field).toString();
  }

  private static void same(String name, String what, Object first, Object other) {
    if (!first.equals(other)) {
      throw new InputException(
          name + " has another " + what + ": " + other + "; expected that of worker 0: " + first);
    }
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
