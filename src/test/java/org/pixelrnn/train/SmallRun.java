package org.pixelrnn.train;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.Split;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.MultiScale;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.proto.v1.TrainingConfig;

/** A training run that takes a moment: 6×4 images of a slanted edge, epochs of 6 steps. */
record SmallRun(RunConfig config, int threads) {
  static final int STEPS_PER_EPOCH = 6;

  /** What came of it, and what was said meanwhile. */
  record Ended(Trainer.Outcome outcome, String said) {}

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

  SmallRun withThreads(int number) {
    return new SmallRun(config, number);
  }

  /** Trains in a folder up to a step, from the folder's last checkpoint if there is one. */
  Ended train(Path folder, long until) throws IOException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8)) {
      Trainer.Outcome outcome = train(folder, until, out);
      return new Ended(outcome, said.toString(StandardCharsets.UTF_8));
    }
  }

  /** Trains in the same way, telling {@code out} of its progress. */
  Trainer.Outcome train(Path folder, long until, PrintStream out) throws IOException {
    return train(folder, until, out, Stages.of(config.getModel()));
  }

  /** Trains some stages; how the last one ended. */
  Trainer.Outcome train(Path folder, long until, PrintStream out, List<Stage> stages)
      throws IOException {
    Run run = Run.newBuilder().setConfig(config).setData("edges").setDatasetDigest("0").build();
    RunDirectory directory =
        folder.resolve("run.textproto").toFile().exists()
            ? RunDirectory.open(folder).resumeAs(run)
            : RunDirectory.begin(folder, run);
    Trainer.Outcome outcome = null;
    for (Stage stage : stages) {
      try (Trainer trainer =
          new Trainer(directory.stage(stage), new Edges(), new Progress(out, false), threads)) {
        outcome = trainer.run(OptionalLong.of(until));
      }
    }
    return outcome;
  }

  /** Bright below a slanted edge that every image has elsewhere. */
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
