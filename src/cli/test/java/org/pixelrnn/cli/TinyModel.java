package org.pixelrnn.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A network of a few weights, trained for six steps and exported by the commands under test.
 *
 * @param config the file that it was trained with
 * @param run its run directory
 * @param model its export
 */
record TinyModel(Path config, Path run, Path model) {
  /** The training of every tiny model, as protobuf text. */
  private static final String TRAINING =
      " training { adam {} learning_rate { initial: 0.01 } batch_size: 8 steps: 6"
          + " validation_images: 50 }";

  /** One network. */
  static TinyModel in(Path folder) throws IOException {
    return trained(folder, "tiny", "pixel_cnn {} h: 4 layers: 1 head_width: 4", "strokes");
  }

  /** One network for colour images. */
  static TinyModel inColour(Path folder) throws IOException {
    return trained(
        folder,
        "colour",
        "pixel_cnn {} channels: 3 levels: 5 h: 6 layers: 1 head_width: 6",
        "strokes-rgb");
  }

  /**
   * Two networks, of small and of large images.
   *
   * @param more further fields of {@code multi_scale}
   */
  static TinyModel multiScale(Path folder, String name, String more) throws IOException {
    return trained(folder, name, multiScaleModel(more), "strokes");
  }

  /** Writes the configuration of a multi-scale model to a file, and trains nothing. */
  static Path multiScaleConfig(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("multi-scale.textproto"),
        "model { " + multiScaleModel("") + " }" + TRAINING);
  }

  private static String multiScaleModel(String more) {
    return "multi_scale { small { pixel_cnn {} h: 4 layers: 1 head_width: 4 }"
        + " full { pixel_cnn {} h: 4 layers: 1 head_width: 4 } "
        + more
        + " }";
  }

  private static TinyModel trained(Path folder, String name, String model, String data)
      throws IOException {
    Path config = folder.resolve(name + ".textproto");
    Path run = folder.resolve(name + "-run");
    Path export = folder.resolve("models").resolve(name);
    Files.writeString(config, "model { " + model + " }" + TRAINING);
    Commands.run(0, "train --config {} --data {} --run-dir {}", config, data, run);
    Commands.run(0, "export --run-dir {} --to {}", run, export);
    return new TinyModel(config, run, export);
  }
}
