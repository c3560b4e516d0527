package org.pixelrnn.train;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.MultiScaleNetwork;
import org.pixelrnn.model.Network;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.proto.v1.TrainingConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TUint8;

/**
 * The stages in which a model is trained. A multi-scale model has two: its small and its full
 * network are trained one after the other, each as a run of its own that knows nothing of the
 * other.
 */
final class Stages {
  private Stages() {}

  /** The stages of a model, in the order in which they are trained. */
  static List<Stage> of(ModelConfig model) {
    return model.hasMultiScale() ? List.of(Stage.SMALL, Stage.FULL) : List.of(Stage.WHOLE);
  }

  /** The name of a stage's folder, which is also the name that people write. */
  static String name(Stage stage) {
    return stage.name().toLowerCase(Locale.ROOT);
  }

  /** The folder of a stage: the run directory itself for a model of one network. */
  static Path folder(Path runDirectory, Stage stage) {
    return stage == Stage.WHOLE ? runDirectory : runDirectory.resolve(name(stage));
  }

  /** The network that a stage trains. */
  static Network network(ImageModel model, Stage stage) {
    return switch (stage) {
      case WHOLE -> (Network) model;
      case SMALL -> ((MultiScaleNetwork) model).small();
      case FULL -> ((MultiScaleNetwork) model).full();
    };
  }

  /**
   * The images that a stage's network models: whole images, or their small versions.
   *
   * @param images whole images, {@code [n, height, width, channels]}
   */
  static Operand<TUint8> seen(Ops tf, ImageModel model, Stage stage, Operand<TUint8> images) {
    return stage == Stage.SMALL ? ((MultiScaleNetwork) model).reduction().of(tf, images) : images;
  }

  /** The training of the small network: {@code training}, overridden by {@code small_training}. */
  static TrainingConfig smallTraining(RunConfig config) {
    return config.getTraining().toBuilder().mergeFrom(config.getSmallTraining()).build();
  }

  /** Settings that override {@code training} for the small network. */
  static TrainingConfig overrides(TrainingConfig small, TrainingConfig training) {
    TrainingConfig.Builder overrides = small.toBuilder();
    small
        .getAllFields()
        .forEach(
            (field, value) -> {
              if (value.equals(training.getAllFields().get(field))) {
                overrides.clearField(field);
              }
            });
    return overrides.build();
  }

  /** The run of a stage. Its {@code training} alone says how it is trained. */
  static Run run(Run whole, Stage stage) {
    RunConfig.Builder config = whole.getConfig().toBuilder().clearSmallTraining();
    if (stage == Stage.SMALL) {
      config.setTraining(smallTraining(whole.getConfig()));
    }
    return whole.toBuilder().setConfig(config).setStage(stage).build();
  }
}
