package org.pixelrnn.evaluate;

import java.util.stream.LongStream;
import org.pixelrnn.data.EvaluationImages;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.IndependentPixels;
import org.pixelrnn.data.Split;
import org.pixelrnn.data.TrainingBatches;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.RunConfig;

/** The likelihood that every model must beat: that of {@link IndependentPixels}. */
public final class Baseline {
  private static final int TRAINING_IMAGES = 10_000;
  private static final int BATCH = 100;

  private Baseline() {}

  /**
   * Measures the test images under independent pixels, which are counted on the first 10,000
   * training images of a run.
   *
   * @param config says how pictures become levels, and the seed of their order
   * @return the mean of {@code -log p(x)} over all test images, in nats per image
   * @throws InputException if the data have no training images or do not fit the model
   */
  public static double independentPixels(RunConfig config, ImageDataset data) {
    ImageShape shape = ImageShape.of(config.getModel());
    TrainingBatches training =
        new TrainingBatches(data, shape, config.getData(), BATCH, config.getTraining().getSeed());
    // One by one: all of them together may exceed an array.
    Iterable<Images> counted =
        () -> LongStream.range(0, TRAINING_IMAGES / BATCH).mapToObj(training::batch).iterator();
    return IndependentPixels.fit(shape, counted)
        .nats(new EvaluationImages(data, Split.TEST, shape, config.getData(), BATCH, 0));
  }
}
