package org.pixelrnn.export;

import com.google.protobuf.TextFormat;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.StoredWeights;
import org.pixelrnn.model.Weight;
import org.pixelrnn.proto.v1.Provenance;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.types.TFloat32;

/**
 * A trained model as a TensorFlow SavedModel, for the sampler, TensorFlow Serving and any other
 * program: its weights, nothing of the optimizer's, and the signatures of {@link ServingGraph}.
 */
public final class SavedModelExport {
  /** Where provenance is, in a version's folder. */
  private static final String PROVENANCE = "assets.extra/pixelrnn.textproto";

  private SavedModelExport() {}

  /**
   * Writes the next version of a model.
   *
   * @param folder the model's; created if missing. The version's number is one above the highest
   *     there, from 1, and appears only when it is complete.
   * @param weights the value of each of the model's weights, of the weight's shape
   * @param provenance goes to {@code assets.extra/pixelrnn.textproto}
   * @return the version's folder
   * @throws org.pixelrnn.image.InputException if the folder cannot be written to, or the disk is
   *     full
   * @throws IllegalArgumentException if a weight is missing or of another shape
   */
  public static Path write(
      Path folder, ImageModel model, Function<Weight, TFloat32> weights, Provenance provenance) {
    List<TFloat32> values = new ArrayList<>();
    for (Weight weight : model.weights()) {
      TFloat32 value = weights.apply(weight);
      if (value == null || !value.shape().equals(weight.shape())) {
        throw new IllegalArgumentException(
            "the value of " + weight + " is " + (value == null ? "missing" : value.shape()));
      }
      values.add(value);
    }
    SavedModel savedModel =
        SavedModel.newBuilder()
            .setSavedModelSchemaVersion(1)
            .addMetaGraphs(ServingGraph.of(model))
            .build();
    return new VersionFolder(folder)
        .add(
            version -> {
              Files.write(version.resolve("saved_model.pb"), savedModel.toByteArray());
              Path prefix = StoredWeights.of(version);
              Files.createDirectory(prefix.getParent());
              save(prefix, model.weights(), values);
              Path text = version.resolve(PROVENANCE);
              Files.createDirectory(text.getParent());
              Files.writeString(
                  text, TextFormat.printer().printToString(provenance), StandardCharsets.UTF_8);
            });
  }

  /** Writes a checkpoint in TensorFlow's own format. */
  private static void save(Path prefix, List<Weight> weights, List<TFloat32> values) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Session.Runner runner = session.runner();
      List<Operand<TFloat32>> tensors = new ArrayList<>();
      for (int i = 0; i < weights.size(); i++) {
        Operand<TFloat32> tensor =
            tf.placeholder(TFloat32.class, Placeholder.shape(weights.get(i).shape()));
        runner.feed(tensor, values.get(i));
        tensors.add(tensor);
      }
      runner
          .addTarget(StoredWeights.write(tf, tf.constant(prefix.toString()), weights, tensors))
          .run()
          .close();
    }
  }
}
