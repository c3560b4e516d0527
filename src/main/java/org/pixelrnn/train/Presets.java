package org.pixelrnn.train;

import com.google.common.collect.ImmutableList;
import com.google.common.io.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.RunConfig;

/** The configurations that come with the library: {@code presets/NAME.textproto} each. */
public final class Presets {
  private static final ImmutableList<String> NAMES =
      ImmutableList.of(
          "cifar10-pixelcnn",
          "cifar10-small-pixelcnn",
          "mnist-pixelcnn",
          "strokes-pixelcnn",
          "strokes-rgb-pixelcnn");

  private Presets() {}

  /** Their names, in the order to show them in. */
  public static ImmutableList<String> names() {
    return NAMES;
  }

  /**
   * The preset of this name.
   *
   * @throws InputException if there is none; the message lists those there are
   */
  public static RunConfig load(String name) {
    if (!NAMES.contains(name)) {
      throw new InputException(
          "there is no preset " + name + "; there are " + String.join(", ", NAMES));
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
