package org.pixelrnn.train;

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
 * The networks of a model, which are trained one after the other and know nothing of each other:
 * each is a run of its own.
 */
final class Stages {
  private Stages() {}

  /** Those of a model, in the order in which they are trained. */
  static List<Stage> of(ModelConfig model) {
    return model.hasMultiScale() ? List.of(Stage.SMALL, Stage.FULL) : List.of(Stage.WHOLE);
  }

  /** As a person writes it, and as its folder is called. */
  static String name(Stage stage) {
    return stage.name().toLowerCase(Locale.ROOT);
  }

  /** What is trained in a stage. */
  static Network network(ImageModel model, Stage stage) {
    return switch (stage) {
      case WHOLE -> (Network) model;
      case SMALL -> ((MultiScaleNetwork) model).small();
      case FULL -> ((MultiScaleNetwork) model).full();
    };
  }

  /** What a stage's network sees of whole images. */
  static Operand<TUint8> seen(Ops tf, ImageModel model, Stage stage, Operand<TUint8> images) {
    return stage == Stage.SMALL ? ((MultiScaleNetwork) model).reduction().of(tf, images) : images;
  }

  /** How a multi-scale model's small network is trained. */
  static TrainingConfig smallTraining(RunConfig config) {
    return config.getTraining().toBuilder().mergeFrom(config.getSmallTraining()).build();
  }

  /** Of how a small network is trained, what {@code training} does not say of it already. */
  static TrainingConfig otherwise(TrainingConfig small, TrainingConfig training) {
    TrainingConfig.Builder otherwise = small.toBuilder();
    small
        .getAllFields()
        .forEach(
            (field, value) -> {
              if (value.equals(training.getAllFields().get(field))) {
                otherwise.clearField(field);
              }
            });
    return otherwise.build();
  }

  /** The run of a stage, which is trained by its {@code training} alone. */
  static Run run(Run whole, Stage stage) {
    RunConfig.Builder config = whole.getConfig().toBuilder().clearSmallTraining();
    if (stage == Stage.SMALL) {
      config.setTraining(smallTraining(whole.getConfig()));
    }
    return whole.toBuilder().setConfig(config).setStage(stage).build();
  }
}
