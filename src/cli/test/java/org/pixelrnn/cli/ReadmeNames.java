package org.pixelrnn.cli;

import java.util.Random;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.TrainingConfig;
import org.pixelrnn.train.Presets;

/**
 * The names that the README's Java uses without declaring them. {@link ReadmeTest} makes every
 * fragment a method of a subclass.
 */
public class ReadmeNames {
  /** The values of images of 28×28 pixels, as MNIST has them. */
  protected final byte[] trainLevels = values(16);

  protected final byte[] validationLevels = values(10);
  protected final byte[] testLevels = values(10);

  private static byte[] values(int images) {
    byte[] values = new byte[images * 28 * 28];
    new Random(images).nextBytes(values);
    return values;
  }

  /** A preset with two steps only. */
  protected static RunConfig shortened(String preset) {
    RunConfig config = Presets.load(preset);
    TrainingConfig training =
        config.getTraining().toBuilder()
            .setBatchSize(4)
            .setSteps(2)
            .setValidationImages(10)
            .build();
    return config.toBuilder().setTraining(training).build();
  }
}
