package org.pixelrnn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;

class IndependentPixelsTest {
  private static final ImageShape SQUARE = new ImageShape(28, 28, 1, 256);

  @Test
  void countsWithOneAddedToEach() {
    ImageShape shape = new ImageShape(1, 2, 1, 2);
    Images first = Images.of(shape, new byte[] {1, 0, 1, 0});
    Images second = Images.of(shape, new byte[] {1, 1});
    IndependentPixels model = IndependentPixels.fit(shape, List.of(first, second));
    // p(1) is 4/5 on the left and 2/5 on the right.
    double[] nats = model.nats(Images.of(shape, new byte[] {1, 1, 0, 0}));
    assertEquals(-Math.log(4 / 5.0 * 2 / 5.0), nats[0], 1e-12);
    assertEquals(-Math.log(1 / 5.0 * 3 / 5.0), nats[1], 1e-12);
    Images third = Images.of(shape, new byte[] {0, 0});
    assertEquals(
        (nats[0] + nats[1] + nats[1]) / 3,
        model.nats(List.of(Images.of(shape, new byte[] {1, 1, 0, 0}), third)),
        1e-12);
  }

  @Test
  void withoutTrainingImagesEveryLevelIsEquallyLikely() {
    ImageShape shape = new ImageShape(2, 2, 3, 5);
    IndependentPixels model = IndependentPixels.fit(shape, List.of());
    assertEquals(12 * Math.log(5), model.nats(Images.of(shape, new byte[12]))[0], 1e-12);
  }

  @ParameterizedTest
  @CsvSource({"1,2,1,2", "2,1,1,3", "1,1,3,3", "1,2,2,2"})
  void isADistribution(int height, int width, int channels, int levels) {
    ImageShape shape = new ImageShape(height, width, channels, levels);
    byte[] training = new byte[7 * shape.dimensions()];
    for (int i = 0; i < training.length; i++) {
      training[i] = (byte) (i * i % 7 % levels);
    }
    IndependentPixels model = IndependentPixels.fit(shape, List.of(Images.of(shape, training)));
    int images = (int) Math.pow(levels, shape.dimensions());
    double total = 0;
    for (int number = 0; number < images; number++) {
      byte[] image = new byte[shape.dimensions()];
      for (int i = 0, rest = number; i < image.length; i++, rest /= levels) {
        image[i] = (byte) (rest % levels);
      }
      total += Math.exp(-model.nats(Images.of(shape, image))[0]);
    }
    assertEquals(1, total, 1e-12);
  }

  @Test
  void aDigitHasAboutTwoHundredNats() {
    ImageDataset data = Strokes.grey(SQUARE);
    ImageShape shape = new ImageShape(28, 28, 1, 2);
    IndependentPixels model =
        IndependentPixels.fit(
            shape,
            new EvaluationImages(data, Split.TRAIN, shape, NumberedDataset.CONFIG, 100, 2000));
    double nats =
        model.nats(new EvaluationImages(data, Split.TEST, shape, NumberedDataset.CONFIG, 100, 500));
    assertTrue(nats > 180 && nats < 215, nats + " nats");
  }

  @Test
  void imagesOfAnotherShapeAreRefused() {
    IndependentPixels model = IndependentPixels.fit(new ImageShape(1, 1, 1, 2), List.of());
    Images other = Images.of(new ImageShape(1, 1, 1, 3), new byte[1]);
    assertThrows(IllegalArgumentException.class, () -> model.nats(other));
  }
}
