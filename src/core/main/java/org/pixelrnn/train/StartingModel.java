package org.pixelrnn.train;

import java.io.IOException;
import java.nio.file.Path;
import org.pixelrnn.image.InputException;
import org.pixelrnn.model.MultiScaleNetwork;
import org.pixelrnn.proto.v1.Ancestor;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.Provenance;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.records.PathText;
import org.pixelrnn.sampler.ModelFolder;
import org.pixelrnn.sampler.NotAModelException;

/**
 * An exported model whose weights a new run begins with. The weights and their moving averages are
 * the exported ones; everything else is as in any new run. {@link StartingWeights} says which of a
 * stage's weights they are.
 *
 * @param model the version's folder and provenance, which the run keeps
 */
public record StartingModel(Ancestor model) {

  /**
   * Reads the provenance of an exported model.
   *
   * @param folder the model's folder, which stands for its highest version, or the folder of one
   *     version
   * @throws NotAModelException if there is no model, or it has no provenance
   * @throws InputException if the version's path is not UTF-8
   */
  public static StartingModel of(Path folder) {
    Path version = ModelFolder.version(folder);
    Provenance provenance =
        ModelFolder.provenance(version)
            .orElseThrow(
                () ->
                    new NotAModelException(
                        version
                            + ": there is no provenance file; expected one that describes the network"));
    return new StartingModel(
        Ancestor.newBuilder().setVersion(text(version)).setProvenance(provenance).build());
  }

  private static String text(Path version) {
    try {
      Path path = PathText.absolute(version).normalize();
      String text = PathText.of(path);
      if (PathText.path(text).equals(path)) {
        return text;
      }
    } catch (IOException e) {
      throw new InputException(version + ": " + InputException.reason(e), e);
    }
    throw new InputException(
        version
            + ": this name is not UTF-8, and the description of a run could not keep it; expected"
            + " another name or a link");
  }

  /** The configuration that the model was trained with. */
  public RunConfig config() {
    Provenance origin = model.getProvenance();
    RunConfig.Builder config =
        RunConfig.newBuilder()
            .setModel(origin.getModel())
            .setData(origin.getData())
            .setTraining(origin.getTraining());
    if (origin.hasSmallTraining()) {
      config.setSmallTraining(Stages.overrides(origin.getSmallTraining(), origin.getTraining()));
    }
    return config.build();
  }

  /**
   * Checks that a run can begin with the model's weights.
   *
   * @throws InputException if the run trains another network
   */
  void check(RunConfig config) {
    ModelConfig exported = model.getProvenance().getModel();
    if (!same(exported, config.getModel()) && !isFullNetwork(exported, config.getModel())) {
      throw new InputException(
          model.getVersion()
              + ": its weights are those of another network; expected the network "
              + ConfigFile.oneLine(exported));
    }
  }

  /**
   * True if a model of one scale is the full network of a multi-scale model without its condition.
   */
  static boolean isFullNetwork(ModelConfig oneScale, ModelConfig model) {
    return model.hasMultiScale() && same(oneScale, MultiScaleNetwork.fullAlone(model));
  }

  private static boolean same(ModelConfig a, ModelConfig b) {
    return ConfigFile.withoutDefaults(a).equals(ConfigFile.withoutDefaults(b));
  }
}
