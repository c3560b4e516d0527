package org.pixelrnn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.DataConfig;

class InMemoryDatasetTest {
  private static final ImageShape SHAPE = new ImageShape(2, 3, 1, 256);

  /** Images of 2×3 whose values are all different: {@code first}, {@code first + 1}, ... */
  private static Images images(int first, int count) {
    return Images.of(SHAPE, values(first, count));
  }

  private static byte[] values(int first, int count) {
    byte[] values = new byte[count * SHAPE.dimensions()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (first + i);
    }
    return values;
  }

  private static ImageDataset dataset() {
    return ImageDataset.of("mine", images(0, 5), images(100, 2), images(200, 3));
  }

  @Test
  void readsTheImagesOfEachSplit() {
    ImageDataset data = dataset();
    assertEquals("mine", data.name());
    assertEquals(SHAPE, data.shape());
    assertEquals(5, data.size(Split.TRAIN));
    assertEquals(2, data.size(Split.VALIDATION));
    assertEquals(3, data.size(Split.TEST));
    byte[] image = new byte[6];
    data.read(Split.TRAIN, 0, 4, image);
    assertArrayEquals(values(24, 1), image);
    data.read(Split.VALIDATION, 7, 1, image);
    assertArrayEquals(values(106, 1), image);
    data.read(Split.TEST, 0, 2, image);
    assertArrayEquals(values(212, 1), image);
  }

  @ParameterizedTest
  @EnumSource(Split.class)
  void anIndexOutsideTheSplitIsRefused(Split split) {
    ImageDataset data = dataset();
    for (int index : new int[] {-1, data.size(split)}) {
      assertThrows(IndexOutOfBoundsException.class, () -> data.read(split, 0, index, new byte[6]));
    }
  }

  @Test
  void trainingBatchesShowEveryTrainingImageOnce() {
    ImageDataset data = dataset();
    Images batch = new TrainingBatches(data, SHAPE, NumberedDataset.CONFIG, 5, 1).batch(0);
    Set<Images> shown = new HashSet<>();
    Set<Images> expected = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      shown.add(batch.slice(i, i + 1));
      expected.add(images(6 * i, 1));
    }
    assertEquals(expected, shown);
  }

  @Test
  void evaluationImagesAreThoseOfTheSplitInOrder() {
    EvaluationImages test =
        new EvaluationImages(dataset(), Split.TEST, SHAPE, NumberedDataset.CONFIG, 2, 0);
    assertEquals(images(200, 2), test.batch(0));
    assertEquals(images(212, 1), test.batch(1));
  }

  /** The example in the Javadoc of {@link ImageDataset}. */
  @Test
  void theExampleMakesABinaryBatch() {
    ImageShape shape = new ImageShape(28, 28, 1, 256);
    byte[] values = new byte[3 * shape.dimensions()];
    ImageDataset data =
        ImageDataset.of(
            "digits",
            Images.of(shape, values), // [n, 28, 28, 1]
            Images.of(shape, values),
            Images.of(shape, values));

    ImageShape binary = new ImageShape(28, 28, 1, 2);
    DataConfig config = DataConfig.getDefaultInstance();
    Images batch = new TrainingBatches(data, binary, config, 16, 1).batch(0);
    assertEquals(Images.of(binary, new byte[16 * 28 * 28]), batch);
  }

  @Test
  void validationAndTestMayBeEmpty() {
    ImageDataset data = ImageDataset.of("mine", images(0, 1), images(0, 0), images(0, 0));
    assertEquals(0, data.size(Split.VALIDATION));
    assertEquals(0, data.size(Split.TEST));
    assertTrue(data.digest().matches("[0-9a-f]{64}"));
  }

  @Test
  void noTrainingImagesAreRefused() {
    String message =
        assertThrows(
                InputException.class,
                () -> ImageDataset.of("mine", images(0, 0), images(0, 1), images(0, 1)))
            .getMessage();
    assertEquals("data mine: there are no training images, expected at least one", message);
  }

  @ParameterizedTest
  @CsvSource({
    "training,2,3,1,2",
    "validation,3,2,1,256",
    "validation,2,3,3,256",
    "validation,2,3,1,255",
    "test,2,4,1,256",
    "test,2,3,1,2"
  })
  void theMessageNamesASplitOfAnotherShape(
      String split, int height, int width, int channels, int levels) {
    ImageShape shape = new ImageShape(height, width, channels, levels);
    // An empty split is checked too.
    Images other = Images.of(shape, new byte[0]);
    Images good = images(0, 1);
    String message =
        assertThrows(
                InputException.class,
                () ->
                    ImageDataset.of(
                        "mine",
                        split.equals("training") ? other : good,
                        split.equals("validation") ? other : good,
                        split.equals("test") ? other : good))
            .getMessage();
    assertEquals(
        "data mine: the " + split + " images are " + shape + ", expected 2×3×1 of 256 levels",
        message);
  }

  @Test
  void theDigestIsThatOfTheSameImagesUnderAnyName() {
    assertEquals(
        dataset().digest(),
        ImageDataset.of("other", images(0, 5), images(100, 2), images(200, 3)).digest());
  }

  @Test
  void theDigestChangesWithOneByteOfAnySplit() {
    for (int split = 0; split < 3; split++) {
      byte[][] values = {values(0, 5), values(100, 2), values(200, 3)};
      values[split][7]++;
      ImageDataset changed =
          ImageDataset.of(
              "mine",
              Images.of(SHAPE, values[0]),
              Images.of(SHAPE, values[1]),
              Images.of(SHAPE, values[2]));
      assertNotEquals(dataset().digest(), changed.digest(), "split " + split);
    }
  }

  @Test
  void theDigestChangesWhenAnImageMovesToAnotherSplit() {
    Images all = images(0, 10);
    Set<String> digests = new HashSet<>();
    for (int train = 1; train <= 10; train++) {
      for (int validation = 0; validation <= 10 - train; validation++) {
        digests.add(
            ImageDataset.of(
                    "mine",
                    all.slice(0, train),
                    all.slice(train, train + validation),
                    all.slice(train + validation, 10))
                .digest());
      }
    }
    assertEquals(55, digests.size());
  }

  @Test
  void theDigestChangesWithTheShape() {
    ImageShape turned = new ImageShape(3, 2, 1, 256);
    Images none = Images.of(turned, new byte[0]);
    assertNotEquals(
        ImageDataset.of("mine", images(0, 5), images(0, 0), images(0, 0)).digest(),
        ImageDataset.of("mine", Images.of(turned, values(0, 5)), none, none).digest());
  }
}
