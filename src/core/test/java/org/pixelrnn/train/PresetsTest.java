package org.pixelrnn.train;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;

class PresetsTest {

  static List<String> names() {
    return Presets.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void keepsTheRules(String name) {
    assertDoesNotThrow(() -> TrainingRules.check(Presets.load(name)));
  }

  /** This includes the presets of the paper's sizes, which nobody trains on a CPU. */
  @Tag("slow")
  @ParameterizedTest
  @MethodSource("names")
  void takesAStep(String name) {
    RunConfig.Builder config = Presets.load(name).toBuilder();
    // A larger batch would have parts, each of which is one more copy of the graph.
    config.getTrainingBuilder().setBatchSize(1);
    RunConfig preset = config.build();
    for (Stage stage : Stages.of(preset.getModel())) {
      takesAStep(preset, stage);
    }
  }

  private static void takesAStep(RunConfig preset, Stage stage) {
    ImageShape shape = ImageShape.of(preset.getModel());
    byte[] levels = new byte[shape.dimensions()];
    // The levels are random, because the small version of a pattern might have one level only.
    Random random = new Random(1);
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) random.nextInt(shape.levels());
    }
    try (TrainingGraph graph = new TrainingGraph(preset, stage, 0)) {
      TrainingGraph.Step step = graph.step(Images.of(shape, levels), 0, 1e-4);
      // An untrained network gives about equal probabilities to all levels.
      ImageShape seen = graph.network().shape();
      // The full network need not pay for the pixels of the small image.
      double paid =
          stage == Stage.FULL ? 1 - Math.pow(preset.getModel().getMultiScale().getFactor(), -2) : 1;
      double bits = seen.bitsPerDimension(step.natsPerImage()) / paid;
      assertEquals(Math.log(shape.levels()) / Math.log(2), bits, 1);
      assertTrue(Double.isFinite(step.gradientNorm()) && step.gradientNorm() > 0);
    }
  }

  @Test
  void everyFileIsListed() throws IOException, URISyntaxException {
    Path folder = Path.of(Presets.class.getResource("/org/pixelrnn/presets").toURI());
    try (Stream<Path> files = Files.list(folder)) {
      Set<String> found =
          files.map(f -> f.getFileName().toString().replace(".textproto", "")).collect(toSet());
      assertEquals(Set.copyOf(Presets.names()), found);
    }
  }

  @Test
  void anUnknownNameIsAnsweredWithThoseThereAre() {
    InputException e = assertThrows(InputException.class, () -> Presets.load("mnist"));
    assertEquals(
        "there is no preset mnist; expected one of " + String.join(", ", Presets.names()),
        e.getMessage());
  }
}
