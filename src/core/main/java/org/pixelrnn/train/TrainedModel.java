package org.pixelrnn.train;

import com.google.common.io.Closer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.pixelrnn.export.SavedModelExport;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.QuietStart;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.graph.LatinDigits;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.graph.WeightFile;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.Provenance;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.records.PlainFolder;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A model that was trained: the moving averages of the weights from the run's best checkpoint, the
 * one with the lowest validated negative log-likelihood. Each stage of a multi-scale model has a
 * best checkpoint of its own.
 */
public final class TrainedModel implements AutoCloseable {
  private final ImageModel model;
  private final Provenance provenance;
  private final Result values;
  private final Map<Weight, TFloat32> weights = new LinkedHashMap<>();

  /** The best checkpoint of a stage, and the run that wrote it. */
  private record Trained(Run run, WholeCheckpoint best) {}

  private TrainedModel(
      ImageModel model, Provenance provenance, Collection<Stage> stages, Result values) {
    this.model = model;
    this.provenance = provenance;
    this.values = values;
    int next = 0;
    for (Stage stage : stages) {
      for (Weight weight : Stages.network(model, stage).weights()) {
        weights.put(weight, (TFloat32) values.get(next++));
      }
    }
  }

  private static TrainedModel of(Run run, Map<Stage, Trained> stages) {
    ImageModel model = ImageModel.of(run.getConfig().getModel());
    Provenance provenance = provenance(run, stages).setLibraryVersion(libraryVersion()).build();
    return new TrainedModel(
        model, provenance, stages.keySet(), LatinDigits.during(() -> read(model, stages)));
  }

  /**
   * The moving averages of all stages' weights. They live longer than the graph that reads them.
   */
  private static Result read(ImageModel model, Map<Stage, Trained> stages) {
    try (Closer folders = Closer.create();
        Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Session.Runner runner = session.runner();
      for (Map.Entry<Stage, Trained> stage : stages.entrySet()) {
        PlainFolder plain = folders.register(PlainFolder.of(stage.getValue().best.folder()));
        WeightFile.read(
                tf,
                tf.constant(WholeCheckpoint.variables(plain.path()).toString()),
                Stages.network(model, stage.getKey()).weights(),
                MovingAverages::nameOf)
            .values()
            .forEach(runner::fetch);
      }
      return WeightFile.access(runner::run);
    } catch (IOException e) {
      String unreadable =
          stages.values().stream()
              .map(trained -> trained.best.folder().toString())
              .collect(Collectors.joining(", "));
      throw new InputException(unreadable + ": cannot be read: " + InputException.reason(e), e);
    }
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
            .setSteps(last.best.step())
            .setSeed(last.run.getConfig().getTraining().getSeed());
    if (run.hasBegunFrom()) {
      origin.setBegunFrom(run.getBegunFrom().getProvenance());
    }
    Trained small = stages.get(Stage.SMALL);
    if (small != null) {
      origin.setSmallTraining(small.run.getConfig().getTraining()).setSmallSteps(small.best.step());
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
   * The likelihood of whole images: {@code log p(x) = log p(small) + log p(x | small)}. It has no
   * standard error: both terms were measured on the same images, so their errors are not
   * independent.
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
   * @throws InputException if the run or one of its stages has no checkpoint yet, or the folder is
   *     that of one stage, or a checkpoint has other variables than the run's network
   */
  public static TrainedModel open(RunDirectory directory) {
    if (directory.run().getStage() != Stage.WHOLE) {
      throw new InputException(
          directory.path()
              + ": is one stage of a multi-scale model; expected the folder that has both stages");
    }
    QuietStart.begin(0);
    Map<Stage, Trained> stages = new LinkedHashMap<>();
    for (Stage stage : directory.stages()) {
      RunDirectory ofStage = directory.stage(stage);
      stages.put(stage, new Trained(ofStage.run(), best(ofStage)));
    }
    return of(directory.run(), stages);
  }

  private static WholeCheckpoint best(RunDirectory directory) {
    try {
      return directory
          .checkpoints()
          .best()
          .orElseThrow(
              () -> new InputException(directory.path() + ": the run has no whole checkpoint yet"));
    } catch (IOException e) {
      throw new InputException(
          directory.path() + ": cannot be read: " + InputException.reason(e), e);
    }
  }

  /** The version in the manifest of the library's jar. */
  private static String libraryVersion() {
    return Objects.requireNonNullElse(
        TrainedModel.class.getPackage().getImplementationVersion(), "(not from a jar)");
  }

  /**
   * Writes the model as a SavedModel.
   *
   * @param folder the model's folder; the export is its next version
   * @return the version's folder
   * @throws InputException if the folder cannot be written to
   */
  public Path export(Path folder) {
    return SavedModelExport.write(folder, model, this::value, provenance);
  }

  /** The model that was trained. */
  ImageModel model() {
    return model;
  }

  /** The value of a weight, of the weight's shape. It lives until this is closed. */
  TFloat32 value(Weight weight) {
    return weights.get(weight);
  }

  /** The origin of the weights: the model, the data and the training. */
  public Provenance provenance() {
    return provenance;
  }

  @Override
  public void close() {
    values.close();
  }
}
