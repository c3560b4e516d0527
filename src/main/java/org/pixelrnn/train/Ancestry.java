package org.pixelrnn.train;

import java.nio.file.Path;
import java.util.Optional;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Ancestor;
import org.pixelrnn.proto.v1.Provenance;
import org.pixelrnn.proto.v1.RunConfig;

/**
 * Training that begins with the weights of an exported model: these and their averages are those
 * that were exported, all else is as in any new run.
 *
 * @param model whose weights they are
 */
public record Ancestry(Ancestor model) {

  /**
   * Of an exported model.
   *
   * @param version the folder of its version
   * @param provenance what its exporter has written about it
   * @throws InputException if that is nothing, so that its network is not known
   */
  public static Ancestry of(Path version, Optional<Provenance> provenance) {
    return new Ancestry(
        Ancestor.newBuilder()
            .setVersion(version.toAbsolutePath().normalize().toString())
            .setProvenance(
                provenance.orElseThrow(
                    () ->
                        new InputException(
                            version
                                + ": there is no assets.extra/pixelrnn.textproto, which says what"
                                + " its network is; expected a model that was written by `pixelrnn"
                                + " export`")))
            .build());
  }

  /** How the model was trained. */
  public RunConfig config() {
    Provenance origin = model.getProvenance();
    RunConfig.Builder config =
        RunConfig.newBuilder()
            .setModel(origin.getModel())
            .setData(origin.getData())
            .setTraining(origin.getTraining());
    if (origin.hasSmallTraining()) {
      config.setSmallTraining(Stages.otherwise(origin.getSmallTraining(), origin.getTraining()));
    }
    return config.build();
  }

  /**
   * Whether a run can begin with the model's weights.
   *
   * @throws InputException if it trains another network
   */
  public void check(RunConfig config) {
    if (!config.getModel().equals(model.getProvenance().getModel())) {
      throw new InputException(
          model.getVersion()
              + ": its weights are those of the network {"
              + oneLine(model.getProvenance())
              + "}, and cannot be another's; leave model.… as it is");
    }
  }

  private static String oneLine(Provenance origin) {
    return origin.getModel().toString().strip().replaceAll("\\s+", " ");
  }
}
