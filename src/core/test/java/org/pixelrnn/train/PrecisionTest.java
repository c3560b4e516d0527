package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.proto.v1.Adam;
import org.pixelrnn.proto.v1.DiagonalBiLstm;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.PixelCnn;
import org.pixelrnn.proto.v1.RowLstm;
import org.pixelrnn.proto.v1.TrainingConfig;
import org.pixelrnn.proto.v1.TrainingConfig.Precision;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.proto.SignatureDef;

/** Training in bfloat16 goes where training in float32 goes, and exports the same kind of model. */
class PrecisionTest {
  private static final int STEPS = 200;

  @TempDir private Path folder;

  static Stream<Named<ModelConfig.Builder>> architectures() {
    return Stream.of(
        Named.of("PixelCNN", ModelConfig.newBuilder().setPixelCnn(PixelCnn.getDefaultInstance())),
        Named.of("Row LSTM", ModelConfig.newBuilder().setRowLstm(RowLstm.getDefaultInstance())),
        Named.of(
            "Diagonal BiLSTM",
            ModelConfig.newBuilder().setDiagonalBilstm(DiagonalBiLstm.getDefaultInstance())));
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("architectures")
  void twoHundredStepsReachTheSameLoss(ModelConfig.Builder architecture) throws IOException {
    SmallRun exact = run(architecture, Precision.FLOAT32);
    SmallRun rounded = run(architecture, Precision.BFLOAT16);
    Path exactModel =
        exact.train(folder.resolve("exact"), STEPS).export(folder.resolve("exact-model"));
    Path roundedModel =
        rounded.train(folder.resolve("rounded"), STEPS).export(folder.resolve("rounded-model"));

    SortedMap<Long, Float> exactLosses = losses("exact");
    SortedMap<Long, Float> roundedLosses = losses("rounded");
    assertNotEquals(exactLosses, roundedLosses);
    double exactEnd = end(exactLosses);
    assertEquals(1, end(roundedLosses) / exactEnd, 0.01);
    assertEquals(contents(exactModel), contents(roundedModel));
  }

  private static SmallRun run(ModelConfig.Builder architecture, Precision precision) {
    return SmallRun.of(
        architecture.clone(),
        TrainingConfig.newBuilder()
            .setAdam(Adam.getDefaultInstance())
            .setSteps(STEPS)
            .setPrecision(precision));
  }

  private SortedMap<Long, Float> losses(String run) throws IOException {
    return Events.curve(folder.resolve(run).resolve("events"), "training/nats_per_image");
  }

  /** The mean loss of the last 20 steps. */
  private static double end(SortedMap<Long, Float> losses) {
    return losses.tailMap(STEPS - 19L).values().stream()
        .mapToDouble(Float::doubleValue)
        .average()
        .orElseThrow();
  }

  /** The signatures and the variables of an export. */
  private static List<Object> contents(Path version) {
    try (SavedModelBundle model = SavedModelBundle.load(version.toString(), "serve")) {
      Map<String, SignatureDef> signatures = model.metaGraphDef().getSignatureDefMap();
      Stream<String> variables =
          model.metaGraphDef().getGraphDef().getNodeList().stream()
              .filter(node -> node.getOp().startsWith("Var"))
              .map(
                  node ->
                      node.getName() + node.getAttrOrThrow("dtype") + node.getAttrOrThrow("shape"))
              .sorted();
      return List.of(signatures, variables.toList());
    }
  }
}
