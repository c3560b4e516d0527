package org.pixelrnn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.DataConfig;
import org.pixelrnn.proto.v1.DataConfig.Binarisation;

class TrainingBatchesTest {
  private static final ImageShape SQUARE = new ImageShape(28, 28, 1, 256);

  private static TrainingBatches numbered(int size, int batchSize, long seed) {
    ImageDataset data = new NumberedDataset(size, 0);
    return new TrainingBatches(data, data.shape(), NumberedDataset.CONFIG, batchSize, seed);
  }

  /** The indices of the images of the first epochs, in order. Checks that batches are full. */
  static List<Integer> order(int size, int batchSize, long seed, int epochs) {
    TrainingBatches batches = numbered(size, batchSize, seed);
    List<Integer> order = new ArrayList<>();
    for (long step = 0; order.size() < epochs * size; step++) {
      Images batch = batches.batch(step);
      assertEquals(batchSize, batch.count());
      for (int i = 0; i < batchSize && order.size() < epochs * size; i++) {
        assertEquals(order.size() / size, NumberedDataset.epoch(batch, i), "epoch");
        order.add(NumberedDataset.index(batch, i));
      }
    }
    return order;
  }

  @ParameterizedTest
  @CsvSource({"1000,16", "1000,1000", "1000,999", "10,32", "3,7", "1,4", "1,1", "300,100"})
  void everyEpochHasEveryImageOnce(int size, int batchSize) {
    List<Integer> order = order(size, batchSize, 5, 3);
    for (int epoch = 0; epoch < 3; epoch++) {
      BitSet seen = new BitSet();
      order.subList(epoch * size, (epoch + 1) * size).forEach(seen::set);
      assertEquals(size, seen.cardinality(), "epoch " + epoch);
      assertEquals(size, seen.length());
    }
  }

  @Test
  void everyEpochAndEverySeedHasItsOwnOrder() {
    List<Integer> two = order(500, 20, 1, 2);
    assertNotEquals(two.subList(0, 500), two.subList(500, 1000));
    assertNotEquals(two.subList(0, 500), order(500, 20, 2, 1));
    List<Integer> sorted = new ArrayList<>(two.subList(0, 500));
    Collections.sort(sorted);
    assertNotEquals(sorted, two.subList(0, 500));
  }

  @Test
  void theOrderDoesNotDependOnTheBatchSize() {
    assertEquals(order(100, 7, 3, 2), order(100, 32, 3, 2));
  }

  @Test
  void allOrdersAreEquallyLikely() {
    Map<List<Integer>, Integer> counts = new HashMap<>();
    int seeds = 6000;
    for (int seed = 0; seed < seeds; seed++) {
      counts.merge(order(3, 3, seed, 1), 1, Integer::sum);
    }
    assertEquals(6, counts.size());
    double expected = seeds / 6.0;
    double chiSquare =
        counts.values().stream().mapToDouble(c -> (c - expected) * (c - expected) / expected).sum();
    assertTrue(chiSquare < 20.5, "chi-square of 5 degrees of freedom: " + chiSquare);
  }

  @Test
  void aBatchDoesNotDependOnEarlierOnes() {
    ImageDataset data = Strokes.grey(SQUARE);
    ImageShape model = new ImageShape(28, 28, 1, 2);
    TrainingBatches inOrder = new TrainingBatches(data, model, NumberedDataset.CONFIG, 30, 9);
    long[] steps = LongStream.concat(LongStream.range(0, 10), LongStream.range(330, 337)).toArray();
    Map<Long, Images> expected = new HashMap<>();
    for (long step : steps) {
      expected.put(step, inOrder.batch(step));
    }
    TrainingBatches resumed =
        new TrainingBatches(Strokes.grey(SQUARE), model, NumberedDataset.CONFIG, 30, 9);
    for (int i = steps.length - 1; i >= 0; i--) {
      assertEquals(expected.get(steps[i]), resumed.batch(steps[i]));
    }
    LongStream.of(steps)
        .parallel()
        .forEach(step -> assertEquals(expected.get(step), inOrder.batch(step)));
  }

  @ParameterizedTest
  @CsvSource({"100,10,10", "101,10,11", "99,100,1", "1,100,1", "1000,1,1000"})
  void stepsOfAnEpochAreRoundedUp(int size, int batchSize, long steps) {
    assertEquals(steps, numbered(size, batchSize, 1).stepsPerEpoch());
  }

  @Test
  void eachEpochBinarisesAgainWithTheProbabilityOfTheValue() {
    ImageShape model = new ImageShape(1, 1, 1, 2);
    int size = 50;
    for (int value : new int[] {0, 1, 64, 128, 200, 254, 255}) {
      ImageDataset data = new ConstantDataset(value, new ImageShape(1, 1, 1, 256), size);
      TrainingBatches batches = new TrainingBatches(data, model, NumberedDataset.CONFIG, size, 4);
      int epochs = 400;
      long ink = 0;
      int changes = 0;
      Images before = null;
      for (int epoch = 0; epoch < epochs; epoch++) {
        Images batch = batches.batch(epoch);
        for (byte level : batch.levels()) {
          ink += level;
        }
        changes += batch.equals(before) ? 0 : 1;
        before = batch;
      }
      double p = value / 255.0;
      double n = (double) size * epochs;
      assertEquals(p, ink / n, 4 * Math.sqrt(p * (1 - p) / n), "value " + value);
      if (value >= 64 && value <= 200) {
        assertEquals(epochs, changes, "value " + value);
      }
    }
  }

  @Test
  void anImageIsBinarisedDifferentlyInEachEpoch() {
    ImageDataset data = new ConstantDataset(128, new ImageShape(8, 8, 1, 256), 1);
    TrainingBatches batches =
        new TrainingBatches(
            data, new ImageShape(8, 8, 1, 2), NumberedDataset.CONFIG, 1, new Random().nextLong());
    assertNotEquals(batches.batch(0), batches.batch(1));
  }

  @ParameterizedTest
  @CsvSource({"0,0", "127,0", "128,1", "255,1"})
  void aThresholdIsDeterministic(int value, int level) {
    DataConfig config = DataConfig.newBuilder().setBinarisation(Binarisation.THRESHOLD).build();
    ImageDataset data = new ConstantDataset(value, new ImageShape(4, 4, 3, 256), 2);
    Images batch = new TrainingBatches(data, new ImageShape(4, 4, 3, 2), config, 5, 1).batch(0);
    for (byte found : batch.levels()) {
      assertEquals(level, found);
    }
  }

  @ParameterizedTest
  @CsvSource({"0,4,0", "63,4,0", "64,4,1", "255,4,3", "255,3,2", "200,256,200", "129,256,129"})
  void moreLevelsAreQuantised(int value, int levels, int level) {
    ImageDataset data = new ConstantDataset(value, new ImageShape(2, 2, 3, 256), 2);
    ImageShape model = new ImageShape(2, 2, 3, levels);
    Images batch = new TrainingBatches(data, model, NumberedDataset.CONFIG, 1, 1).batch(0);
    for (int i = 0; i < model.dimensions(); i++) {
      assertEquals(level, Byte.toUnsignedInt(batch.levels()[i]));
    }
  }

  @ParameterizedTest
  @CsvSource({"27,28,1", "28,29,1", "28,28,3"})
  void aModelOfAnotherShapeIsRefusedAtOnce(int height, int width, int channels) {
    ImageShape model = new ImageShape(height, width, channels, 2);
    ImageDataset data = Strokes.grey(SQUARE);
    String expected =
        "data strokes: its images are 28×28×1, but the model's are "
            + (height + "×" + width + "×" + channels)
            + "; set model.height, model.width and model.channels to those of the data";
    InputException training =
        assertThrows(
            InputException.class,
            () -> new TrainingBatches(data, model, NumberedDataset.CONFIG, 1, 1));
    InputException evaluation =
        assertThrows(
            InputException.class,
            () -> new EvaluationImages(data, Split.TEST, model, NumberedDataset.CONFIG, 1, 1));
    assertEquals(expected, training.getMessage());
    assertEquals(expected, evaluation.getMessage());
  }

  @Test
  void noTrainingImagesAreRefused() {
    assertThrows(InputException.class, () -> numbered(0, 1, 1));
  }

  @Test
  void eachEpochMirrorsAnotherHalfOfTheImages() {
    ImageDataset data = new Gradients(400);
    DataConfig flips = DataConfig.newBuilder().setHorizontalFlip(true).build();
    TrainingBatches batches = new TrainingBatches(data, data.shape(), flips, 400, 5);
    Set<Long> choices = new HashSet<>();
    for (long epoch = 0; epoch < 3; epoch++) {
      Images batch = batches.batch(epoch);
      assertEquals(batch, new TrainingBatches(data, data.shape(), flips, 400, 5).batch(epoch));
      int mirrored = 0;
      long choice = 0;
      for (int i = 0; i < 400; i++) {
        int index = batch.level(i, 0, 1, 0) << 8 | batch.level(i, 0, 1, 1);
        boolean flipped = batch.level(i, 1, 0, 0) == 3;
        for (int column = 0; column < 3; column++) {
          // The channels of a pixel keep their order.
          int from = flipped ? 2 - column : column;
          assertEquals(from + 1, batch.level(i, 1, column, 0));
          assertEquals(from + 11, batch.level(i, 1, column, 1));
        }
        mirrored += flipped ? 1 : 0;
        choice += flipped ? 31L * index * index : 0;
      }
      assertEquals(200, mirrored, 50);
      choices.add(choice);
    }
    assertEquals(3, choices.size());
    Images plain = new TrainingBatches(data, data.shape(), NumberedDataset.CONFIG, 400, 5).batch(0);
    for (int i = 0; i < 400; i++) {
      assertEquals(1, plain.level(i, 1, 0, 0));
    }
  }

  /**
   * Images of 2×3 pixels and two channels. The pixel in the middle of the upper row is the index.
   * The lower row is 1 2 3 in the first channel and 11 12 13 in the second.
   */
  private record Gradients(int train) implements ImageDataset {
    @Override
    public ImageShape shape() {
      return new ImageShape(2, 3, 2, 256);
    }

    @Override
    public int size(Split split) {
      return train;
    }

    @Override
    public void read(Split split, long epoch, int index, byte[] into) {
      byte[] picture = {
        0, 0, (byte) (index >> 8), (byte) index, 0, 0, 1, 11, 2, 12, 3, 13,
      };
      System.arraycopy(picture, 0, into, 0, picture.length);
    }

    @Override
    public String name() {
      return "gradients";
    }

    @Override
    public String digest() {
      return "";
    }
  }
}
