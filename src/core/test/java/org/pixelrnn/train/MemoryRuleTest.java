package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.proto.v1.TrainingConfig.Precision;

/** A step that does not fit into memory is refused before its graph is built. */
class MemoryRuleTest {
  private static final MachineMemory GIGABYTE = new MachineMemory(1_000_000_000);

  @TempDir private Path folder;

  /** Networks of every kind, whose images are 64×64 pixels in colour. */
  static Stream<String> models() {
    return Stream.of(
        "pixel_cnn {} h: 24 layers: 3 head_width: 33",
        "row_lstm {} h: 24 layers: 3 head_width: 33",
        "diagonal_bilstm {} h: 24 layers: 3 head_width: 33",
        "multi_scale { small { row_lstm {} h: 24 layers: 3 head_width: 33 }"
            + " full { pixel_cnn {} h: 24 layers: 3 head_width: 33 } }");
  }

  /** A model of two scales has two steps that must fit. */
  private static int steps(String model) {
    return model.contains("multi_scale") ? 2 : 1;
  }

  private static RunConfig config(String model, int batchSize) {
    return ConfigFile.parse(
        "model { height: 64 width: 64 channels: 3 levels: 256 "
            + model
            + " } training { adam {} steps: 1 batch_size: "
            + batchSize
            + " }",
        "test");
  }

  /** The largest batch that the refusal names is accepted, and one more image is not. */
  @ParameterizedTest
  @MethodSource("models")
  void theLargestBatchThatFitsIsNamed(String model) {
    int tried = 1000;
    for (int step = 0; step < steps(model); step++) {
      RunConfig config = config(model, tried);
      InputException refused = assertThrows(InputException.class, () -> build(config, GIGABYTE));
      String message = refused.getMessage();
      assertTrue(
          message.matches(".*batch_size = " + tried + ": a step needs about [0-9.]+ GB .*"),
          message);
      assertTrue(message.contains("this machine has 1.0 GB; expected at most "), message);
      assertFalse(Files.exists(folder.resolve("run")), "nothing is left");
      tried = Integer.parseInt(message.replaceAll(".* ", ""));
    }
    int most = tried;
    assertTrue(most >= 1 && most < 100, most + " images");
    build(config(model, most), GIGABYTE);
    assertThrows(InputException.class, () -> build(config(model, most + 1), GIGABYTE));
  }

  @ParameterizedTest
  @MethodSource("models")
  void aNetworkOfWhichNotOneImageFitsIsRefused(String model) {
    InputException refused =
        assertThrows(
            InputException.class, () -> build(config(model, 1), new MachineMemory(100_000_000)));
    assertTrue(refused.getMessage().contains("not even one image fits"), refused.getMessage());
  }

  /** The estimate grows with each size that it depends on. */
  @ParameterizedTest
  @MethodSource("models")
  void moreNeedsMore(String model) {
    Stage stage = model.contains("multi_scale") ? Stage.FULL : Stage.WHOLE;
    long before = StepMemory.of(config(model, 4), stage).bytes(4);
    assertTrue(StepMemory.of(config(model, 4), stage).bytes(5) > before);
    for (List<String> change :
        List.of(
            List.of("h: 24", "h: 48"),
            List.of("layers: 3", "layers: 6"),
            List.of("head_width: 33", "head_width: 330"))) {
      String larger = model.replace(change.get(0), change.get(1));
      assertTrue(StepMemory.of(config(larger, 4), stage).bytes(4) > before, larger);
    }
    RunConfig.Builder rounded = config(model, 4).toBuilder();
    rounded.getTrainingBuilder().setPrecision(Precision.BFLOAT16);
    assertTrue(StepMemory.of(rounded.build(), stage).bytes(4) < before, "half as many bytes");
  }

  @Test
  void thisMachineHasMemory() {
    MachineMemory machine = MachineMemory.ofThisMachine();
    assertTrue(machine.bytes() >= Runtime.getRuntime().totalMemory(), machine.toString());
    assertEquals("1.5 GB", new MachineMemory(1_500_000_000).toString());
    assertEquals("15 MB", new MachineMemory(15_000_000).toString());
  }

  private void build(RunConfig config, MachineMemory machine) {
    ImageShape shape = new ImageShape(64, 64, 3, 256);
    Images one = Images.of(shape, new byte[shape.dimensions()]);
    Training.builder(config)
        .data(ImageDataset.of("one", one, one, one))
        .runDirectory(folder.resolve("run"))
        .machine(machine)
        .build()
        .close();
  }
}
