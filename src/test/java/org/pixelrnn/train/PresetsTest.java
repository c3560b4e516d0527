package org.pixelrnn.train;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.InputException;

class PresetsTest {

  static List<String> names() {
    return Presets.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void keepsTheRules(String name) {
    assertDoesNotThrow(() -> TrainingRules.check(Presets.load(name)));
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
        "there is no preset mnist; there are cifar10-pixelcnn, cifar10-small-pixelcnn,"
            + " mnist-pixelcnn, strokes-pixelcnn,"
            + " strokes-rgb-pixelcnn",
        e.getMessage());
  }
}
