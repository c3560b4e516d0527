package org.pixelrnn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.pixelrnn.image.ImageShape;

@EnabledIf("org.pixelrnn.data.RealData#hasCifar10")
class RealCifar10Test {

  @Test
  void hasTheColoursAndTheSmoothnessOfPhotographs() {
    ImageShape shape = new ImageShape(32, 32, 3, 256);
    try (ImageDataset data =
        Datasets.open("cifar10:" + RealData.cifar10(), NumberedDataset.CONFIG, shape)) {
      int images = data.size(Split.TRAIN) + data.size(Split.VALIDATION);
      assertEquals(Math.round(0.05 * images), data.size(Split.VALIDATION));

      // The well-known means of red, green and blue over the training images. Neighbouring pixels
      // are similar, which they would not be if the bytes were in the wrong order.
      double[] sums = new double[3];
      double[] steps = new double[3];
      byte[] picture = new byte[shape.dimensions()];
      int n = 2000;
      for (int i = 0; i < n; i++) {
        data.read(Split.TRAIN, 0, i, picture);
        for (int at = 0; at < picture.length; at++) {
          sums[at % 3] += Byte.toUnsignedInt(picture[at]);
          if (at % (32 * 3) >= 3) {
            steps[at % 3] +=
                Math.abs(Byte.toUnsignedInt(picture[at]) - Byte.toUnsignedInt(picture[at - 3]));
          }
        }
      }
      double[] expected = {125.3, 123.0, 113.9};
      for (int channel = 0; channel < 3; channel++) {
        assertEquals(expected[channel], sums[channel] / (n * 1024), 4);
        assertTrue(steps[channel] / (n * 32 * 31) < 16);
      }
    }
  }
}
