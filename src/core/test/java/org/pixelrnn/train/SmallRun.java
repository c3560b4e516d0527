package org.pixelrnn.train;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.Split;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.proto.v1.Adam;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.MultiScale;
import org.pixelrnn.proto.v1.PixelCnn;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.proto.v1.TrainingConfig;

/** A run that takes a moment: 6×4 images of a slanted edge, epochs of 6 steps, 12 steps. */
record SmallRun(RunConfig config, int threads) {
  static final int STEPS_PER_EPOCH = 6;

  /** A PixelCNN that Adam trains. */
  static SmallRun pixelCnn() {
    return pixelCnn(TrainingConfig.newBuilder().setAdam(Adam.getDefaultInstance()));
  }

  /** A PixelCNN. */
  static SmallRun pixelCnn(TrainingConfig.Builder training) {
    return of(ModelConfig.newBuilder().setPixelCnn(PixelCnn.getDefaultInstance()), training);
  }

  static SmallRun of(ModelConfig.Builder architecture, TrainingConfig.Builder training) {
    ModelConfig model =
        architecture
            .setHeight(6)
            .setWidth(4)
            .setChannels(1)
            .setLevels(2)
            .setH(4)
            .setLayers(2)
            .setHeadWidth(6)
            .build();
    TrainingConfig.Builder settings =
        training.setBatchSize(8).setValidationImages(16).setKeepCheckpoints(2);
    if (settings.getLengthCase() == TrainingConfig.LengthCase.LENGTH_NOT_SET) {
      settings.setSteps(12);
    }
    return new SmallRun(RunConfig.newBuilder().setModel(model).setTraining(settings).build(), 1);
  }

  /** The same run of a model at two scales, 3×2 and 6×4, both by the network of this one. */
  SmallRun atTwoScales() {
    ModelConfig network = config.getModel();
    ModelConfig withoutShape =
        network.toBuilder().clearHeight().clearWidth().clearChannels().clearLevels().build();
    ModelConfig model =
        ModelConfig.newBuilder()
            .setHeight(network.getHeight())
            .setWidth(network.getWidth())
            .setChannels(network.getChannels())
            .setLevels(network.getLevels())
            .setMultiScale(
                MultiScale.newBuilder().setFactor(2).setSmall(withoutShape).setFull(withoutShape))
            .build();
    return new SmallRun(config.toBuilder().setModel(model).build(), threads);
  }

  /** The same run with other training. */
  SmallRun with(Consumer<TrainingConfig.Builder> change) {
    RunConfig.Builder changed = config.toBuilder();
    change.accept(changed.getTrainingBuilder());
    return new SmallRun(changed.build(), threads);
  }

  SmallRun withThreads(int number) {
    return new SmallRun(config, number);
  }

  /** Trains in a folder up to a step, from the folder's last checkpoint if there is one. */
  TrainingResult train(Path folder, long until, TrainingListener... listeners) {
    TrainingBuilder builder = builder(folder, until);
    List.of(listeners).forEach(builder::listener);
    return run(builder);
  }

  /** Trains one stage in the same way. */
  TrainingResult train(Path folder, long until, Stage stage) {
    return run(builder(folder, until).stage(stage));
  }

  /** A run on {@link Edges} whose training configuration may change when it is resumed. */
  TrainingBuilder builder(Path folder, long until) {
    return builder(folder).maxSteps(until).changedTraining();
  }

  /** A run on {@link Edges}. */
  TrainingBuilder builder(Path folder) {
    return Training.builder(config).data(new Edges()).runDirectory(folder).threads(threads);
  }

  private static TrainingResult run(TrainingBuilder builder) {
    try (Training training = builder.build()) {
      return training.run();
    }
  }

  /** Pictures that are bright below a slanted edge, which lies elsewhere in each picture. */
  static final class Edges implements ImageDataset {
    @Override
    public ImageShape shape() {
      return new ImageShape(6, 4, 1, 256);
    }

    @Override
    public int size(Split split) {
      return split == Split.TRAIN ? STEPS_PER_EPOCH * 8 : 16;
    }

    @Override
    public void read(Split split, long epoch, int index, byte[] into) {
      for (int i = 0; i < into.length; i++) {
        boolean bright = i / 4 * 3 + i % 4 * (index % 3) > index % 13;
        into[i] = (byte) (bright ? 230 : 25);
      }
    }

    @Override
    public String name() {
      return "edges";
    }

    @Override
    public String digest() {
      return "0";
    }
  }
}
