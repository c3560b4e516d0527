package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.TrainingConfig;

/** The images that a stage validates with, in batches that need no more memory than a step. */
class StageDataTest {
  /**
   * 64×64×3 of 256 levels are validated 4 at a time, 4×4 binary images 100 at a time, but never
   * more than a step has.
   */
  @ParameterizedTest
  @CsvSource({
    "64, 3, 256, 50, 200, 4",
    "64, 3, 256, 3, 200, 4",
    "64, 3, 256, 50, 2, 2",
    "4, 1, 2, 50, 200, 100",
    "4, 1, 2, 7, 200, 100",
    "4, 1, 2, 50, 16, 16"
  })
  void examplesAreTheFirstImagesWhateverTheBatches(
      int side, int channels, int levels, int count, int batchOfStep, int batch) {
    ImageShape shape = new ImageShape(side, side, channels, 256);
    Images train = Images.of(shape, new byte[shape.dimensions()]);
    Images validation = numbered(shape, count);
    RunConfig run =
        RunConfig.newBuilder()
            .setModel(
                ModelConfig.newBuilder()
                    .setHeight(side)
                    .setWidth(side)
                    .setChannels(channels)
                    .setLevels(levels))
            .setTraining(TrainingConfig.newBuilder().setBatchSize(batchOfStep))
            .build();
    StageData data = StageData.of(ImageDataset.of("numbered", train, validation, train), run);
    assertEquals(Math.min(batch, count), data.validation().batch(0).count());
    Images examples = data.examples(36);
    List<Images> all = new ArrayList<>();
    data.validation().forEach(all::add);
    Images whole = Images.concat(all);
    assertEquals(count, whole.count());
    for (int i = 0; i < 36; i++) {
      assertEquals(whole.slice(i % count, i % count + 1), examples.slice(i, i + 1), "example " + i);
    }
  }

  /** Images of one value each. */
  private static Images numbered(ImageShape shape, int count) {
    byte[] levels = new byte[count * shape.dimensions()];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) (i / shape.dimensions() * 5);
    }
    return Images.of(shape, levels);
  }
}
