package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;

class SubPixelTest {
  private static final ImageShape SHAPE = new ImageShape(2, 4, 3, 5);

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "1,2", "1,2,3", "2,0,0", "0,4,0", "-1,0,0", "a,0,0", "0,0,0,0"})
  void aSubPixelOutsideTheImageIsRefused(String text) {
    assertEquals(
        "--softmax " + text + ": expected row,column,channel, from 0,0,0 to 1,3,2",
        assertThrows(InputException.class, () -> SubPixel.parse(text, SHAPE)).getMessage());
  }

  @Test
  void theDistributionIsTheSoftmaxOfItsOwnLogits() {
    float[] logits = new float[SHAPE.dimensions() * 5];
    // All other logits are 0; these are so large that their exponentials overflow.
    int at = ((1 * 4 + 2) * 3 + 1) * 5;
    for (int k = 0; k < 5; k++) {
      logits[at + k] = 1000 + (float) Math.log(k + 1);
    }
    assertArrayEquals(
        new double[] {1 / 15.0, 2 / 15.0, 3 / 15.0, 4 / 15.0, 5 / 15.0},
        SubPixel.parse("1, 2,1", SHAPE).distribution(logits),
        1e-4);
    assertArrayEquals(
        new double[] {0.2, 0.2, 0.2, 0.2, 0.2},
        SubPixel.parse("1,2,2", SHAPE).distribution(logits),
        1e-12);
  }
}
