package org.pixelrnn.export;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pixelrnn.image.InputException;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.graph.WeightFile;
import org.pixelrnn.sampler.NotAModelException;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
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
   */
  static ExportedWeights read(Path version, List<Weight> weights) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      List<Operand<TFloat32>> read =
          new ArrayList<>(
              WeightFile.read(
                      tf, tf.constant(WeightFile.of(version).toString()), weights, Weight::name)
                  .values());
      Session.Runner runner = session.runner();
      read.forEach(runner::fetch);
      return new ExportedWeights(weights, runner.run());
    } catch (TensorFlowException e) {
      throw new NotAModelException(
          version
              + ": found other weights ("
              + InputException.reason(e)
              + "); expected those of the network that its provenance describes",
          e);
    }
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
