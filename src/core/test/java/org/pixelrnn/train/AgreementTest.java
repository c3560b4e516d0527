package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelrnn.image.InputException;

/** Workers compare their versions, commands, configurations and data. */
class AgreementTest {
  private static final String VERSION = "pixelrnn 1.0, TensorFlow 2.18";
  private static final String LIMITS = "until step 8, stage all";
  private static final String RUN =
      "config { model { pixel_cnn {} h: 4 } data { random_crop: 0.5 } training { rms_prop {} } }"
          + " dataset: 'edges' dataset_digest: 'abc'";

  private static String says(String version, String limits, String run) {
    return version + "\n" + limits + "\n" + run;
  }

  private static String difference(String other) {
    String first = says(VERSION, LIMITS, RUN);
    return assertThrows(
            InputException.class, () -> Agreement.checkSame("worker 1 (b:1)", first, other))
        .getMessage();
  }

  @Test
  void anotherVersionIsNamed() {
    assertEquals(
        "worker 1 (b:1) has another version: pixelrnn 1.1, TensorFlow 2.18; expected that of worker"
            + " 0: pixelrnn 1.0, TensorFlow 2.18",
        difference(says("pixelrnn 1.1, TensorFlow 2.18", LIMITS, RUN)));
  }

  @Test
  void anotherCommandIsNamed() {
    assertEquals(
        "worker 1 (b:1) has another command: until step 9, stage all; expected that of worker 0:"
            + " until step 8, stage all",
        difference(says(VERSION, "until step 9, stage all", RUN)));
  }

  @ParameterizedTest
  @CsvSource({
    "h: 4, h: 6, model.h: 6, 4",
    "h: 4, h: 4 layers: 3, model.layers: 3, 7",
    "pixel_cnn {}, pixel_cnn { kernel: 5 }, model.pixel_cnn.kernel: 5, 3",
    "pixel_cnn {}, row_lstm {}, model.pixel_cnn: not set, {}",
    "0.5, 0.25, data.random_crop: 0.25, 0.5",
    "rms_prop {}, adam {}, training.rms_prop: not set, {}",
    "rms_prop {}, rms_prop {} batch_size: 5, training.batch_size: 5, 16",
    "rms_prop {} }, rms_prop {} } small_training { batch_size: 8 }, small_training.batch_size: 8, 16",
    "edges, corners, data set: corners, edges",
    "abc, abd, data set's digest: abd, abc"
  })
  void anotherRunIsNamed(String part, String inOther, String difference, String ofFirst) {
    assertEquals(
        "worker 1 (b:1) has another " + difference + "; expected that of worker 0: " + ofFirst,
        difference(says(VERSION, LIMITS, RUN.replace(part, inOther))));
  }

  @ParameterizedTest
  @CsvSource({
    "pixel_cnn {}, pixel_cnn { kernel: 3 }",
    "rms_prop {} }, rms_prop {} } small_training { rms_prop {} }",
    "dataset:, data: 'folder:/b' dataset:"
  })
  void defaultsAndThePlaceOfTheDataMakeNoDifference(String part, String inOther) {
    String first = says(VERSION, LIMITS, RUN);
    String other = says(VERSION, LIMITS, RUN.replace(part, inOther));
    assertDoesNotThrow(() -> Agreement.checkSame("worker 1 (b:1)", first, other));
  }
}
