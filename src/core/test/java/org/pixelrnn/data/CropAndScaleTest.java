package org.pixelrnn.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Picture;

class CropAndScaleTest {
  private static final ImageShape SHAPE = new ImageShape(4, 4, 1, 256);

  /** A grey picture of brightness 10 · row + column. */
  private static Picture slope(int height, int width) {
    byte[] values = new byte[height * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (10 * (i / width) + i % width);
    }
    return Picture.of(height, width, 1, values);
  }

  @Test
  void cropsAroundTheCentreUnlessATrainingPictureIsCroppedAtRandom() {
    byte[] centre = slope(8, 20).values(SHAPE);
    for (Split split : Split.values()) {
      assertArrayEquals(centre, new CropAndScale(SHAPE, 0).apply(slope(8, 20), split, 3, 5));
    }
    assertArrayEquals(centre, new CropAndScale(SHAPE, 0.3).apply(slope(8, 20), Split.TEST, 3, 5));
    assertArrayEquals(
        centre, new CropAndScale(SHAPE, 0.3).apply(slope(8, 20), Split.VALIDATION, 3, 5));
  }

  @Test
  void aCropOfTheFullHeightMovesAlongTheWidth() {
    CropAndScale crop = new CropAndScale(SHAPE, 1);
    Set<Integer> lefts = new HashSet<>();
    for (int index = 0; index < 200; index++) {
      byte[] values = crop.apply(slope(4, 20), Split.TRAIN, 0, index);
      for (int i = 0; i < 16; i++) {
        assertEquals(values[0] + 10 * (i / 4) + i % 4, values[i]);
      }
      lefts.add((int) values[0]);
    }
    assertEquals(17, lefts.size());
  }

  @Test
  void aCropDependsOnEpochAndIndexAlone() {
    CropAndScale crop = new CropAndScale(SHAPE, 0.5);
    Set<String> seen = new HashSet<>();
    for (int epoch = 0; epoch < 5; epoch++) {
      for (int index = 0; index < 5; index++) {
        byte[] values = crop.apply(slope(12, 14), Split.TRAIN, epoch, index);
        assertArrayEquals(values, crop.apply(slope(12, 14), Split.TRAIN, epoch, index));
        seen.add(new String(values, ISO_8859_1));
      }
    }
    assertTrue(seen.size() > 20, seen.size() + " of 25 differ");
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,9", "9,1", "3,200", "2,2", "4,4", "5,4"})
  void anySizeCanBeCropped(int height, int width) {
    for (int index = 0; index < 30; index++) {
      assertEquals(
          16,
          new CropAndScale(SHAPE, 0.01).apply(slope(height, width), Split.TRAIN, 0, index).length);
    }
  }
}
