package org.pixelrnn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.google.common.collect.ImmutableList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;

class EvaluationImagesTest {
  private static final ImageShape SQUARE = new ImageShape(28, 28, 1, 256);

  private static EvaluationImages strokes(Split split, int batchSize) {
    ImageShape model = new ImageShape(28, 28, 1, 2);
    return new EvaluationImages(
        Strokes.grey(SQUARE), split, model, NumberedDataset.CONFIG, batchSize, 40);
  }

  @ParameterizedTest
  @CsvSource({
    "300,0,32,300,10", "300,0,300,300,1", "300,64,32,64,2", "300,65,32,65,3",
    "300,1000,7,300,43", "5,3,100,3,1", "0,0,10,0,0", "0,10,10,0,0"
  })
  void showsTheFirstImagesOnceInOrder(int size, long limit, int batchSize, int count, int batches) {
    ImageDataset data = new NumberedDataset(1, size);
    EvaluationImages images =
        new EvaluationImages(
            data, Split.TEST, data.shape(), NumberedDataset.CONFIG, batchSize, limit);
    int next = 0;
    int seen = 0;
    for (Images batch : images) {
      for (int i = 0; i < batch.count(); i++) {
        assertEquals(next++, NumberedDataset.index(batch, i));
        assertEquals(0, NumberedDataset.epoch(batch, i));
      }
      seen++;
    }
    assertEquals(count, next);
    assertEquals(count, images.count());
    assertEquals(batches, seen);
    assertEquals(batches, images.batches());
  }

  @Test
  void areTheSameEveryTimeAndInBatchesOfAnySize() {
    Images all = Images.concat(ImmutableList.copyOf(strokes(Split.TEST, 40)));
    EvaluationImages again = strokes(Split.TEST, 7);
    assertEquals(all, Images.concat(ImmutableList.copyOf(again)));
    assertEquals(all, Images.concat(ImmutableList.copyOf(again)));
    assertNotEquals(all, Images.concat(ImmutableList.copyOf(strokes(Split.VALIDATION, 40))));
  }

  @Test
  void areBinarisedIndependently() {
    int n = 2000;
    ImageDataset data = new ConstantDataset(100, new ImageShape(4, 4, 1, 256), n);
    EvaluationImages images =
        new EvaluationImages(
            data, Split.TEST, new ImageShape(4, 4, 1, 2), NumberedDataset.CONFIG, n, 0);
    long ink = 0;
    for (byte level : images.batch(0).levels()) {
      ink += level;
    }
    double p = 100 / 255.0;
    assertEquals(p, ink / (16.0 * n), 4 * Math.sqrt(p * (1 - p) / (16.0 * n)));
    assertNotEquals(images.batch(0).slice(0, 1), images.batch(0).slice(1, 2));
  }
}
