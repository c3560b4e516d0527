package org.pixelrnn.export;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pixelrnn.image.InputException;
import org.pixelrnn.model.graph.LatinDigits;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.graph.WeightFile;
import org.pixelrnn.records.PlainFolder;
import org.pixelrnn.sampler.NotAModelException;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The weights of an exported version, read into memory. They are native tensors: close this after
 * use.
 */
final class ExportedWeights implements AutoCloseable {
  private final Map<Weight, TFloat32> values = new LinkedHashMap<>();
  private final Result tensors;

  private ExportedWeights(List<Weight> weights, Result tensors) {
    this.tensors = tensors;
    for (Weight weight : weights) {
      values.put(weight, (TFloat32) tensors.get(values.size()));
    }
  }

  /**
   * Reads the weights of a version.
   *
   * @param version the folder of the version
   * @param weights the weights of the network that the version's provenance describes
   * @throws NotAModelException if a weight is missing in the folder or has another shape
   * @throws InputException if the folder's name cannot be given to TensorFlow
   */
  static ExportedWeights read(Path version, List<Weight> weights) {
    try (PlainFolder plain = PlainFolder.of(version);
        Graph graph = new Graph();
        Session session = new Session(graph)) {
      Path prefix = WeightFile.of(plain.path());
      Session.Runner runner = session.runner();
      LatinDigits.during(() -> fetch(runner, Ops.create(graph), prefix, weights));
      return new ExportedWeights(weights, WeightFile.access(runner::run));
    } catch (FileSystemException e) {
      throw new InputException(version + ": cannot be read: " + InputException.reason(e), e);
    } catch (IOException e) {
      throw new NotAModelException(
          version
              + ": found other weights ("
              + InputException.reason(e)
              + "); expected those of the network that its provenance describes",
          e);
    }
  }

  private static void fetch(Session.Runner runner, Ops tf, Path prefix, List<Weight> weights) {
    WeightFile.read(tf, tf.constant(prefix.toString()), weights, Weight::name)
        .values()
        .forEach(runner::fetch);
  }

  /** The value of a weight, of the weight's shape; open until this is closed. */
  TFloat32 of(Weight weight) {
    return values.get(weight);
  }

  @Override
  public void close() {
    tensors.close();
  }
}
