package org.pixelrnn.train;

import com.google.common.collect.ImmutableList;
import com.google.common.io.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.RunConfig;

/** The configurations that come with the library. Each is a file {@code presets/NAME.textproto}. */
public final class Presets {
  private static final ImmutableList<String> NAMES =
      ImmutableList.of(
          "cifar10-diagonal-bilstm",
          "cifar10-pixelcnn",
          "cifar10-row-lstm",
          "cifar10-small-diagonal-bilstm",
          "cifar10-small-multi-scale",
          "cifar10-small-pixelcnn",
          "cifar10-small-row-lstm",
          "imagenet32-row-lstm",
          "imagenet64-multi-scale",
          "imagenet64-row-lstm",
          "mnist-diagonal-bilstm",
          "mnist-diagonal-bilstm-7",
          "mnist-multi-scale",
          "mnist-pixelcnn",
          "mnist-pixelcnn-large",
          "mnist-row-lstm",
          "strokes-diagonal-bilstm",
          "strokes-pixelcnn",
          "strokes-rgb-multi-scale",
          "strokes-rgb-pixelcnn",
          "strokes-row-lstm");

  private Presets() {}

  /** The names of all presets, in alphabetical order. */
  public static ImmutableList<String> names() {
    return NAMES;
  }

  /**
   * Loads a preset.
   *
   * @throws InputException if there is no preset of this name; the message lists all names
   */
  public static RunConfig load(String name) {
    if (!NAMES.contains(name)) {
      throw new InputException(
          "there is no preset " + name + "; expected one of " + String.join(", ", NAMES));
    }
    String file = "/org/pixelrnn/presets/" + name + ".textproto";
    try {
      return ConfigFile.parse(
          Resources.toString(Presets.class.getResource(file), StandardCharsets.UTF_8), file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
