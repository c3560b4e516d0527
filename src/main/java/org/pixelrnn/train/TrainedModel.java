package org.pixelrnn.train;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.StoredWeights;
import org.pixelrnn.model.Weight;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.Provenance;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.proto.v1.Stage;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What training has made: a model and the averaged weights of the run's best checkpoint, the one
 * with the lowest validated negative log-likelihood; of a multi-scale model, that of each stage.
 */
public final class TrainedModel implements AutoCloseable {
  private final ImageModel model;
  private final Provenance provenance;
  private final Graph graph = new Graph();
  private final Session session = new Session(graph);
  private final Result values;
  private final Map<Weight, TFloat32> weights = new LinkedHashMap<>();

  /** A stage's best checkpoint, and the run that has written it. */
  private record Trained(Run run, Checkpoints.Stored best) {}

  private TrainedModel(Run run, Map<Stage, Trained> stages, String libraryVersion) {
    model = ImageModel.of(run.getConfig().getModel());
    Session.Runner runner = session.runner();
    stages.forEach((stage, trained) -> fetch(runner, stage, trained.best));
    values = runner.run();
    int next = 0;
    for (Stage stage : stages.keySet()) {
      for (Weight weight : Stages.network(model, stage).weights()) {
        weights.put(weight, (TFloat32) values.get(next++));
      }
    }
    provenance = provenance(run, stages).setLibraryVersion(libraryVersion).build();
  }

  private void fetch(Session.Runner runner, Stage stage, Checkpoints.Stored best) {
    Ops tf = Ops.create(graph);
    StoredWeights.read(
            tf,
            tf.constant(best.prefix().toString()),
            Stages.network(model, stage).weights(),
            WeightAverages::nameOf)
        .values()
        .forEach(runner::fetch);
  }

  private static Provenance.Builder provenance(Run run, Map<Stage, Trained> stages) {
    Trained last = stages.getOrDefault(Stage.FULL, stages.get(Stage.WHOLE));
    Provenance.Builder origin =
        Provenance.newBuilder()
            .setModel(run.getConfig().getModel())
            .setData(run.getConfig().getData())
            .setTraining(last.run.getConfig().getTraining())
            .setDataset(run.getDataset())
            .setDatasetDigest(run.getDatasetDigest())
            .setSteps(last.best.manifest().getStep())
            .setSeed(last.run.getConfig().getTraining().getSeed());
    if (run.hasBegunFrom()) {
      origin.setBegunFrom(run.getBegunFrom().getProvenance());
    }
    Trained small = stages.get(Stage.SMALL);
    if (small != null) {
      origin
          .setSmallTraining(small.run.getConfig().getTraining())
          .setSmallSteps(small.best.manifest().getStep());
    }
    if (stages.values().stream().allMatch(trained -> trained.best.manifest().hasValidation())) {
      Likelihood measured = last.best.manifest().getValidation();
      origin.setMeasured(
          small == null
              ? measured
              : sum(run.getConfig().getModel(), small.best.manifest().getValidation(), measured));
    }
    return origin;
  }

  /**
   * Of small images, and of the whole ones given them: of whole images. Its standard error is more
   * than the parts' tell, for both were measured on the same images.
   */
  private static Likelihood sum(ModelConfig model, Likelihood small, Likelihood full) {
    double nats = small.getNatsPerImage() + full.getNatsPerImage();
    return full.toBuilder()
        .setNatsPerImage(nats)
        .setBitsPerDim(ImageShape.of(model).bitsPerDimension(nats))
        .clearStandardErrorNats()
        .setBound(model.getMultiScale().getDrawEveryPixel())
        .build();
  }

  /**
   * Reads the best checkpoint of a run.
   *
   * @param libraryVersion goes into the provenance
   * @throws InputException if the run, or a stage of it, has no checkpoint yet, or the folder is
   *     only a stage's
   */
  public static TrainedModel open(RunDirectory directory, String libraryVersion)
      throws IOException {
    if (directory.run().getStage() != Stage.WHOLE) {
      throw new InputException(
          directory.path()
              + ": is one stage of a multi-scale model; give the folder that both stages are in");
    }
    Map<Stage, Trained> stages = new LinkedHashMap<>();
    for (Stage stage : directory.stages()) {
      RunDirectory ofStage = directory.stage(stage);
      Checkpoints.Stored best =
          ofStage
              .checkpoints()
              .best()
              .orElseThrow(
                  () ->
                      new InputException(
                          ofStage.path() + ": the run has no checkpoint yet; train it first"));
      stages.put(stage, new Trained(ofStage.run(), best));
    }
    return new TrainedModel(directory.run(), stages, libraryVersion);
  }

  /** The model, whose weights these are. */
  public ImageModel model() {
    return model;
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
