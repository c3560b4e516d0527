package org.pixelrnn.train;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pixelrnn.image.InputException;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.Weight;
import org.pixelrnn.proto.v1.Provenance;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.proto.v1.RunConfig;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.Restore;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/**
 * What training has made: the network and the averaged weights of the run's best checkpoint, the
 * one with the lowest validated negative log-likelihood.
 */
public final class TrainedNetwork implements AutoCloseable {
  private final Network network;
  private final Provenance provenance;
  private final Graph graph = new Graph();
  private final Session session = new Session(graph);
  private final Result values;
  private final Map<Weight, TFloat32> weights = new LinkedHashMap<>();

  private TrainedNetwork(Run run, Checkpoints.Stored best, String libraryVersion) {
    RunConfig config = run.getConfig();
    network = new Network(config.getModel());
    Ops tf = Ops.create(graph);
    List<Weight> all = network.weights();
    Operand<TString> names =
        tf.constant(
            NdArrays.vectorOfObjects(
                all.stream().map(TrainingGraph::averageOf).toArray(String[]::new)));
    Restore restored =
        tf.train.restore(
            tf.constant(best.prefix().toString()),
            names,
            tf.zerosLike(names),
            all.stream().<Class<? extends TType>>map(weight -> TFloat32.class).toList());
    Session.Runner runner = session.runner();
    restored.tensors().forEach(runner::fetch);
    values = runner.run();
    for (int i = 0; i < all.size(); i++) {
      weights.put(all.get(i), (TFloat32) values.get(i));
    }
    Provenance.Builder origin =
        Provenance.newBuilder()
            .setModel(config.getModel())
            .setData(config.getData())
            .setTraining(config.getTraining())
            .setDataset(run.getDataset())
            .setDatasetDigest(run.getDatasetDigest())
            .setSteps(best.manifest().getStep())
            .setSeed(config.getTraining().getSeed())
            .setLibraryVersion(libraryVersion);
    if (best.manifest().hasValidation()) {
      origin.setMeasured(best.manifest().getValidation());
    }
    provenance = origin.build();
  }

  /**
   * Reads the best checkpoint of a run.
   *
   * @param libraryVersion goes into the provenance
   * @throws InputException if the run has no checkpoint yet
   */
  public static TrainedNetwork open(RunDirectory directory, String libraryVersion)
      throws IOException {
    Checkpoints.Stored best =
        directory
            .checkpoints()
            .best()
            .orElseThrow(
                () ->
                    new InputException(
                        directory.path() + ": the run has no checkpoint yet; train it first"));
    return new TrainedNetwork(directory.run(), best, libraryVersion);
  }

  /** The network, whose weights these are. */
  public Network network() {
    return network;
  }

  /** The value of a weight, of its shape; it lives until this is closed. */
  public TFloat32 value(Weight weight) {
    return weights.get(weight);
  }

  /** Where the weights come from. */
  public Provenance provenance() {
    return provenance;
  }

  @Override
  public void close() {
    values.close();
    session.close();
    graph.close();
  }
}
