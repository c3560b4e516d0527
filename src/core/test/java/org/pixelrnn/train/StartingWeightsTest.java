package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.data.Split;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Adam;
import org.pixelrnn.proto.v1.DiagonalBiLstm;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.PixelCnn;
import org.pixelrnn.proto.v1.RowLstm;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.proto.v1.TrainingConfig;

/** The full network of a multi-scale model begins as a model of one scale. */
class StartingWeightsTest {
  private static final int IMAGES = 5;

  @TempDir private Path folder;

  private static List<SmallRun> everyArchitecture() {
    return List.of(
        run(ModelConfig.newBuilder().setPixelCnn(PixelCnn.getDefaultInstance())),
        run(ModelConfig.newBuilder().setRowLstm(RowLstm.getDefaultInstance())),
        run(ModelConfig.newBuilder().setDiagonalBilstm(DiagonalBiLstm.getDefaultInstance())));
  }

  private static SmallRun run(ModelConfig.Builder architecture) {
    return SmallRun.of(
        architecture, TrainingConfig.newBuilder().setAdam(Adam.getDefaultInstance()));
  }

  @ParameterizedTest
  @MethodSource("everyArchitecture")
  void beforeTheFirstStepTheFullNetworkIsTheModelOfOneScale(SmallRun oneScale) {
    Path model = oneScale.train(folder.resolve("run"), 12).export(folder.resolve("model"));
    float[] alone = logProb(oneScale.config(), Stage.WHOLE, Optional.of(model));
    RunConfig twoScales = everyPixel(oneScale.atTwoScales());
    assertArrayEquals(alone, logProb(twoScales, Stage.FULL, Optional.of(model)), 1e-5f);
    assertFalse(
        Math.abs(alone[0] - logProb(twoScales, Stage.FULL, Optional.empty())[0]) < 0.1,
        "random weights give the same");
  }

  /** The full network then models all pixels, as the model of one scale does. */
  private static RunConfig everyPixel(SmallRun run) {
    RunConfig.Builder config = run.config().toBuilder();
    config.getModelBuilder().getMultiScaleBuilder().setDrawEveryPixel(true);
    return config.build();
  }

  private static float[] logProb(RunConfig config, Stage stage, Optional<Path> model) {
    Run.Builder run = Run.newBuilder().setConfig(config).setStage(stage);
    model.map(StartingModel::of).map(StartingModel::model).ifPresent(run::setBegunFrom);
    try (TrainingGraph graph = new TrainingGraph(config, stage, 1)) {
      StartingWeights.of(run.build(), graph.network()).ifPresent(graph.files()::startFrom);
      return graph.logProb(images());
    }
  }

  private static Images images() {
    ImageShape shape = new ImageShape(6, 4, 1, 2);
    byte[] levels = new byte[IMAGES * shape.dimensions()];
    byte[] image = new byte[shape.dimensions()];
    for (int i = 0; i < IMAGES; i++) {
      new SmallRun.Edges().read(Split.TEST, 0, i, image);
      for (int j = 0; j < image.length; j++) {
        levels[i * image.length + j] = (byte) (image[j] < 0 ? 1 : 0);
      }
    }
    return Images.of(shape, levels);
  }

  @Test
  void onlyTheFullStageBeginsWithTheModel() {
    SmallRun oneScale = SmallRun.pixelCnn();
    Path model = oneScale.train(folder.resolve("first"), 2).export(folder.resolve("model"));
    Heard heard = Heard.only();
    Path run = folder.resolve("second");
    try (Training training =
        oneScale.atTwoScales().builder(run, 2).startingFrom(model).listener(heard).build()) {
      TrainingResult result = training.run();
      Path exported = result.export(folder.resolve("two-scales"));
      assertEquals(
          StartingModel.of(model).model().getProvenance(),
          StartingModel.of(exported).model().getProvenance().getBegunFrom());
    }
    assertEquals(
        List.of(Optional.empty(), Optional.of(model)),
        heard.events(TrainingEvent.Began.class).stream()
            .map(TrainingEvent.Began::startingModel)
            .toList());
  }

  @Test
  void otherLayersAreRefused() {
    SmallRun oneScale = SmallRun.pixelCnn();
    Path model = oneScale.train(folder.resolve("first"), 1).export(folder.resolve("model"));
    RunConfig.Builder other = oneScale.atTwoScales().config().toBuilder();
    other.getModelBuilder().getMultiScaleBuilder().getFullBuilder().setLayers(3);
    TrainingBuilder builder =
        new SmallRun(other.build(), 1).builder(folder.resolve("second")).startingFrom(model);
    InputException refused = assertThrows(InputException.class, builder::build);
    assertTrue(refused.getMessage().contains("of another network"), refused.getMessage());
  }
}
