package org.pixelrnn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;

class DatasetsTest {
  private static final ImageShape SHAPE = new ImageShape(28, 28, 1, 2);

  @ParameterizedTest
  @ValueSource(strings = {"strokes", "strokes-rgb"})
  void opensWhatItNames(String spec) {
    try (ImageDataset data = Datasets.open(spec, Numbered.CONFIG, SHAPE)) {
      assertEquals(spec, data.name());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''           | '' is no kind of data
          stroke       | 'stroke' is no kind of data
          Strokes      | 'Strokes' is no kind of data
          imagenet:/x  | 'imagenet' is no kind of data
          :            | '' is no kind of data
          mnist        | it does not say where the files are
          mnist:       | it does not say where the files are
          strokes:     | 'strokes' needs no files
          strokes:28   | 'strokes' needs no files
          """)
  void refusesAnythingElseAndListsWhatThereIs(String spec, String why) {
    String message =
        assertThrows(InputException.class, () -> Datasets.open(spec, Numbered.CONFIG, SHAPE))
            .getMessage();
    assertTrue(message.startsWith("data '" + spec + "': " + why), message);
    assertTrue(message.contains("; expected one of strokes, strokes-rgb, mnist:DIR"), message);
  }
}
