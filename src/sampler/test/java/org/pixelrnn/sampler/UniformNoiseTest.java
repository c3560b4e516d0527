package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.pixelrnn.image.ImageShape;

/** The random numbers of {@code next_row_with_noise}. */
class UniformNoiseTest {
  private static final ImageShape MNIST = new ImageShape(28, 28, 1, 2);

  /** A line of the table of test vectors in the README. */
  private static final Pattern VECTOR =
      Pattern.compile(
          "\\| `(\\d+)×(\\d+)×(\\d+), (\\d+) levels, blocks of (\\d+)` \\| (-?\\d+) \\| (\\d+) \\| (\\d+)"
              + " \\| (\\d+) \\| (\\d+) \\| (\\d+) \\| ([0-9.e-]+) \\|");

  @Test
  void theReadmesTestVectorsHold() throws IOException {
    List<MatchResult> vectors =
        VECTOR.matcher(Files.readString(Path.of("README.md"))).results().toList();
    assertEquals(6, vectors.size());
    for (MatchResult vector : vectors) {
      ImageShape shape =
          new ImageShape(
              number(vector, 1), number(vector, 2), number(vector, 3), number(vector, 4));
      UniformNoise noise =
          new UniformNoise(shape, number(vector, 5), Long.parseLong(vector.group(6)));
      float[] row = new float[noise.size()];
      noise.row(number(vector, 7), number(vector, 8), row, 0);
      int subPixel = number(vector, 9) * shape.channels() + number(vector, 10);
      float u = row[subPixel * shape.levels() + number(vector, 11)];
      assertEquals(Float.parseFloat(vector.group(12)), u, vector.group());
    }
  }

  private static int number(MatchResult vector, int group) {
    return Integer.parseInt(vector.group(group));
  }

  @Test
  void theNumbersAreUniformInTheOpenInterval() {
    UniformNoise noise = new UniformNoise(MNIST, 7, 1);
    float[] row = new float[noise.size()];
    int[] tenths = new int[10];
    for (int image = 0; image < 1000; image++) {
      noise.row(image, image % 28, row, 0);
      for (float u : row) {
        assertTrue(u > 0 && u < 1, () -> "u = " + u);
        tenths[(int) (u * 10)]++;
      }
    }
    // Five standard deviations of a count of 56,000 numbers.
    for (int count : tenths) {
      assertEquals(5600, count, 5 * Math.sqrt(56_000 * 0.09));
    }
  }

  @Test
  void aRowGoesWhereItIsAskedFor() {
    UniformNoise noise = new UniformNoise(MNIST, 28, 3);
    float[] alone = new float[noise.size()];
    noise.row(5, 6, alone, 0);
    float[] into = new float[3 + noise.size()];
    noise.row(5, 6, into, 3);
    for (int i = 0; i < alone.length; i++) {
      assertEquals(alone[i], into[3 + i]);
    }
    assertEquals(0, into[2]);
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new UniformNoise(MNIST, 5, 1));
    assertThrows(IllegalArgumentException.class, () -> new UniformNoise(MNIST, 0, 1));
    UniformNoise noise = new UniformNoise(MNIST, 7, 1);
    float[] row = new float[noise.size()];
    assertThrows(IndexOutOfBoundsException.class, () -> noise.row(-1, 0, row, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> noise.row(0, 28, row, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> noise.row(0, 0, row, 1));
  }
}
