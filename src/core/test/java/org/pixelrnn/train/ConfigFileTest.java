package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelrnn.image.InputException;

class ConfigFileTest {
  @TempDir Path folder;

  private String complaint(Path file) {
    return assertThrows(InputException.class, () -> ConfigFile.read(file)).getMessage();
  }

  @Test
  void readsWhatPresetsAreWrittenIn() throws IOException {
    Path file = folder.resolve("run.textproto");
    Files.writeString(file, "# a comment\nmodel { h: 3 pixel_cnn {} }\n");
    assertEquals(3, ConfigFile.read(file).getModel().getH());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          model { hh: 3 }                          | 2:9: ModelConfig has no field hh, only height, width
          model { multi_scale { small { n: 1 } } } | 2:31: ModelConfig has no field n, only height
          model { h: three }                       | 2:12: Couldn't parse integer: For input string: "three"
          model { h: 3                             | 3:1: Expected "}"
          model { h: 3 h: 4 }                      | 2:15: Non-repeated field "pixelrnn.v1.ModelConfig.h" cannot be overwritten
          model { pixel_cnn {} row_lstm {} }       | 2:22: Field "pixelrnn.v1.ModelConfig.row_lstm" is specified along with field "pixelrnn.v1.ModelConfig.pixel_cnn", another member of oneof "architecture"
          training { adam { beta: 1 } }            | 2:19: Adam has no field beta, only beta1, beta2, epsilon
          data { binarisation: NONE }              | Enum type "pixelrnn.v1.DataConfig.Binarisation" has no value named "NONE"
          """)
  void namesTheFileTheLineAndTheColumn(String text, String complaint) throws IOException {
    Path file = folder.resolve("run.textproto");
    Files.writeString(file, "# line 1\n" + text + "\n");
    String message = complaint(file);
    assertTrue(message.startsWith(file + ":"), message);
    assertTrue(message.contains(complaint), message);
    assertFalse(message.contains("\n"), message);
  }

  @Test
  void saysWhyAFileCannotBeRead() throws IOException {
    Path missing = folder.resolve("missing.textproto");
    assertEquals(missing + ": no such file", complaint(missing));
    assertTrue(complaint(folder).startsWith(folder + ": is a folder"), complaint(folder));
    Path binary = folder.resolve("run.bin");
    Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertEquals(binary + ": not a text file (UTF-8), expected protobuf text", complaint(binary));
  }
}
