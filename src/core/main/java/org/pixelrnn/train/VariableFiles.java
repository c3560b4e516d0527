package org.pixelrnn.train;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.pixelrnn.image.InputException;
import org.pixelrnn.model.graph.LatinDigits;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.graph.WeightFile;
import org.pixelrnn.records.PlainFolder;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The files that the variables of a {@link TrainingGraph} are written to and read from:
 * checkpoints, which hold every variable, and exported models, which hold the weights.
 */
final class VariableFiles {
  private final Graph graph;
  private final Session session;
  private final Map<Weight, Output<TFloat32>> weights;
  private final MovingAverages averages;

  VariableFiles(
      Graph graph,
      Session session,
      Map<Weight, Output<TFloat32>> weights,
      MovingAverages averages) {
    this.graph = graph;
    this.session = session;
    this.weights = weights;
    this.averages = averages;
  }

  /**
   * Sets the weights and their moving averages to the weights of an exported model.
   *
   * @throws InputException if the weights cannot be read, or belong to another network
   */
  void startFrom(StartingWeights starting) {
    Path version = starting.version();
    Session.Runner runner = session.runner();
    try (PlainFolder plain = PlainFolder.of(version)) {
      LatinDigits.during(() -> addAssignments(runner, WeightFile.of(plain.path()), starting));
      WeightFile.access(runner::run).close();
    } catch (FileSystemException e) {
      throw new InputException(version + ": cannot be read: " + InputException.reason(e), e);
    } catch (IOException e) {
      throw new InputException(
          version + ": its weights cannot be read as this network's: " + InputException.reason(e),
          e);
    }
  }

  private void addAssignments(Session.Runner runner, Path prefix, StartingWeights starting) {
    Ops tf = Ops.create(graph);
    Map<Weight, String> names = starting.names();
    WeightFile.read(tf, tf.constant(prefix.toString()), List.copyOf(names.keySet()), names::get)
        .forEach((weight, value) -> assign(runner, tf, weight, value));
    for (Weight zero : starting.zeros()) {
      assign(runner, tf, zero, tf.zeros(tf.constant(zero.shape()), TFloat32.class));
    }
  }

  private void assign(Session.Runner runner, Ops tf, Weight weight, Operand<TFloat32> value) {
    runner.addTarget(tf.assign(weights.get(weight), value));
    runner.addTarget(tf.assign(averages.of(weight), value));
  }

  /**
   * Writes all variables, also those of the optimizer, in TensorFlow's checkpoint format.
   *
   * @param prefix the path of the files without their endings
   * @throws IOException if the files cannot be written, or the disk is full
   */
  void save(Path prefix) throws IOException {
    access(prefix, session::save);
  }

  /**
   * Sets all variables from a checkpoint.
   *
   * @param prefix the path of the files without their endings
   * @throws IOException if the files cannot be read, or hold other variables
   */
  void restore(Path prefix) throws IOException {
    access(prefix, session::restore);
  }

  private static void access(Path prefix, Consumer<String> checkpoint) throws IOException {
    try (PlainFolder plain = PlainFolder.of(prefix.getParent())) {
      String text = plain.path().resolve(prefix.getFileName()).toString();
      WeightFile.access(
          () -> {
            // The first time, TensorFlow Java adds operations to the graph for it.
            LatinDigits.during(() -> checkpoint.accept(text));
            return text;
          });
    }
  }
}
