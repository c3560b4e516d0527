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
  void opensADataSetByItsName(String spec) {
    try (ImageDataset data = Datasets.open(spec, NumberedDataset.CONFIG, SHAPE)) {
      assertEquals(spec, data.name());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''           | '' is not a kind of data
          stroke       | 'stroke' is not a kind of data
          Strokes      | 'Strokes' is not a kind of data
          imagenet:/x  | 'imagenet' is not a kind of data
          :            | '' is not a kind of data
          mnist        | it does not say where the files are
          mnist:       | it does not say where the files are
          strokes:     | 'strokes' has no files, so nothing may follow it
          strokes:28   | 'strokes' has no files, so nothing may follow it
          """)
  void refusesOtherNamesAndListsTheKinds(String spec, String why) {
    String message =
        assertThrows(InputException.class, () -> Datasets.open(spec, NumberedDataset.CONFIG, SHAPE))
            .getMessage();
    assertTrue(message.startsWith("data '" + spec + "': " + why), message);
    assertTrue(message.contains("; expected one of strokes, strokes-rgb, mnist:DIR"), message);
  }
}
