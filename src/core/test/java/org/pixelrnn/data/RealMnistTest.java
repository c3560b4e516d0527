package org.pixelrnn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.pixelrnn.image.ImageShape;

@EnabledIf("org.pixelrnn.data.RealData#hasMnist")
class RealMnistTest {

  @Test
  void hasTheSizesAndTheBaselineOfThePapers() {
    ImageShape binary = new ImageShape(28, 28, 1, 2);
    try (ImageDataset data =
        Datasets.open("mnist:" + RealData.mnist(), NumberedDataset.CONFIG, binary)) {
      assertEquals(new ImageShape(28, 28, 1, 256), data.shape());
      assertEquals(57_000, data.size(Split.TRAIN));
      assertEquals(3_000, data.size(Split.VALIDATION));
      assertEquals(10_000, data.size(Split.TEST));
      assertEquals(
          "22acb6c7ccd36e0ac5cf39795a377d39f03c16752d7e1ad1b2d668e17755b73e", data.digest());

      // Independent pixels reach about 206 nats (Salakhutdinov and Murray, 2008).
      IndependentPixels pixels =
          IndependentPixels.fit(
              binary,
              new EvaluationImages(data, Split.TRAIN, binary, NumberedDataset.CONFIG, 1000, 0));
      EvaluationImages test =
          new EvaluationImages(data, Split.TEST, binary, NumberedDataset.CONFIG, 1000, 0);
      assertEquals(206, pixels.nats(test), 1);
    }
  }
}
