package org.pixelrnn.export;

import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.QuietStart;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.ModelRules;
import org.pixelrnn.model.graph.LatinDigits;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.graph.WeightFile;
import org.pixelrnn.proto.v1.Provenance;
import org.pixelrnn.records.PlainFolder;
import org.pixelrnn.sampler.ModelFolder;
import org.pixelrnn.sampler.NotAModelException;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.types.TFloat32;

/**
 * Writes models as TensorFlow SavedModels, for the sampler, TensorFlow Serving and any other
 * program. An export holds the weights, the signatures of {@link ServingGraph} and the provenance;
 * it holds no variable of the optimizer.
 */
public final class SavedModelExport {
  private SavedModelExport() {}

  /**
   * Writes the next version of a model.
   *
   * @param folder the model's folder; it is created if it is missing. The number of the version is
   *     the highest number in it plus one, or 1. The version appears only when it is complete.
   * @param weights gives the value of each weight of the model, in the weight's shape
   * @param provenance what {@link ModelFolder#provenance} will read; {@code noise_block_columns} is
   *     set here
   * @return the folder of the version
   * @throws InputException if the folder cannot be written to, or the disk is full
   * @throws IllegalArgumentException if a weight is missing or has another shape
   */
  public static Path write(
      Path folder, ImageModel model, Function<Weight, TFloat32> weights, Provenance provenance) {
    List<TFloat32> values = new ArrayList<>();
    for (Weight weight : model.weights()) {
      TFloat32 value = weights.apply(weight);
      if (value == null || !value.shape().equals(weight.shape())) {
        throw new IllegalArgumentException(
            "weight "
                + weight.name()
                + ": found "
                + (value == null ? "no value" : value.shape())
                + ", expected "
                + weight.shape());
      }
      values.add(value);
    }
    MetaGraphDef graph = ServingGraph.of(model);
    Provenance exported =
        provenance.toBuilder().setNoiseBlockColumns(ServingGraph.noiseBlockColumns(model)).build();
    SavedModel savedModel =
        SavedModel.newBuilder().setSavedModelSchemaVersion(1).addMetaGraphs(graph).build();
    return new VersionFolder(folder)
        .add(
            version -> {
              Files.write(version.resolve("saved_model.pb"), savedModel.toByteArray());
              Files.createDirectory(WeightFile.of(version).getParent());
              try (PlainFolder plain = PlainFolder.of(version)) {
                Path prefix = WeightFile.of(plain.path());
                save(prefix, model.weights(), values);
              }
              Path text = ModelFolder.provenanceFile(version);
              Files.createDirectory(text.getParent());
              Files.writeString(
                  text, TextFormat.printer().printToString(exported), StandardCharsets.UTF_8);
              WarmupRequests.write(ModelFolder.warmupFile(version), graph.getSignatureDefMap());
            });
  }

  /**
   * Writes an earlier export anew as the next version of a model: the same weights and provenance,
   * in the graph that this library builds today.
   *
   * @param version the earlier export: a version's folder, or a model's folder, whose highest
   *     version is taken
   * @param folder the model's folder, as for {@link #write}; it may be the one that holds {@code
   *     version}
   * @return the folder of the new version
   * @throws NotAModelException if {@code version} holds no export with provenance, or other weights
   *     than its provenance describes
   * @throws InputException if the folder cannot be written to, or the disk is full
   */
  public static Path again(Path version, Path folder) {
    QuietStart.begin(0);
    Path earlier = ModelFolder.version(version);
    Provenance provenance =
        ModelFolder.provenance(earlier).orElseThrow(() -> noProvenance(earlier));
    try {
      ModelRules.check(provenance.getModel());
    } catch (InputException e) {
      throw new NotAModelException(ModelFolder.provenanceFile(earlier) + ": " + e.getMessage(), e);
    }
    ImageModel model = ImageModel.of(provenance.getModel());
    try (ExportedWeights weights = ExportedWeights.read(earlier, model.weights())) {
      return write(folder, model, weights::of, provenance);
    }
  }

  private static NotAModelException noProvenance(Path version) {
    return new NotAModelException(
        ModelFolder.provenanceFile(version) + ": no such file; expected the model's provenance");
  }

  /** Writes a checkpoint in TensorFlow's own format. */
  private static void save(Path prefix, List<Weight> weights, List<TFloat32> values)
      throws IOException {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Session.Runner runner = session.runner();
      LatinDigits.during(() -> addSaving(runner, Ops.create(graph), prefix, weights, values));
      WeightFile.access(runner::run).close();
    }
  }

  private static void addSaving(
      Session.Runner runner, Ops tf, Path prefix, List<Weight> weights, List<TFloat32> values) {
    List<Operand<TFloat32>> tensors = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      Operand<TFloat32> tensor =
          tf.placeholder(TFloat32.class, Placeholder.shape(weights.get(i).shape()));
      runner.feed(tensor, values.get(i));
      tensors.add(tensor);
    }
    runner.addTarget(WeightFile.write(tf, tf.constant(prefix.toString()), weights, tensors));
  }
}
