package org.pixelrnn.train;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.records.PathText;

/**
 * The weights of one stage that come from the exported model that its run begins with.
 *
 * <pre>
 *   exported model            stage      begins with
 *
 *   the same network          any        the exported weights
 *   one scale, the layers     full       {@code full/NAME} = exported {@code NAME}; the projections of the
 *   of the full network                  condition are 0, so the small image has no influence at first
 *                             small      random weights
 * </pre>
 *
 * @param version the folder of the exported version
 * @param names the weights that are read, with their names in the export
 * @param zeros the weights that become 0
 */
record StartingWeights(
    Path version, ImmutableMap<Weight, String> names, ImmutableList<Weight> zeros) {

  /**
   * The starting weights of a stage; empty if all its weights are random.
   *
   * @param run the description of the stage's run
   * @param network the network of the stage
   */
  static Optional<StartingWeights> of(Run run, Network network) {
    if (!run.hasBegunFrom()) {
      return Optional.empty();
    }
    Path version = PathText.path(run.getBegunFrom().getVersion());
    ModelConfig exported = run.getBegunFrom().getProvenance().getModel();
    if (!StartingModel.isFullNetwork(exported, run.getConfig().getModel())) {
      return Optional.of(
          new StartingWeights(
              version,
              network.weights().stream()
                  .collect(ImmutableMap.toImmutableMap(Function.identity(), Weight::name)),
              ImmutableList.of()));
    }
    return run.getStage() == Stage.FULL
        ? Optional.of(ofFullNetwork(version, network, new Network(exported)))
        : Optional.empty();
  }

  private static StartingWeights ofFullNetwork(Path version, Network full, Network exported) {
    Map<String, String> names =
        exported.weights().stream()
            .map(Weight::name)
            .collect(Collectors.toMap(name -> "full/" + name, Function.identity()));
    ImmutableMap.Builder<Weight, String> read = ImmutableMap.builder();
    ImmutableList.Builder<Weight> zeros = ImmutableList.builder();
    for (Weight weight : full.weights()) {
      String name = names.get(weight.name());
      if (name != null) {
        read.put(weight, name);
      } else if (!full.conditionWeights().contains(weight)) {
        zeros.add(weight);
      }
    }
    return new StartingWeights(version, read.buildOrThrow(), zeros.build());
  }
}
