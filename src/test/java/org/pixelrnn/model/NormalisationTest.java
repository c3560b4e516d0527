package org.pixelrnn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.math.IntMath;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.ModelConfig;

/** The probabilities of all images of a shape sum to 1. */
class NormalisationTest {

  /** Every architecture of {@link TinyNetworks}, at shapes that have 64 images each. */
  static Stream<Named<ModelConfig>> of64Images() {
    return TinyNetworks.named()
        .flatMap(
            row ->
                row.getPayload().getChannels() == 1
                    ? Stream.of(resized(row, 2, 3, 2))
                    : Stream.of(
                        resized(row, 2, 1, 2), resized(row, 1, 2, 2), resized(row, 1, 1, 4)));
  }

  private static Named<ModelConfig> resized(
      Named<ModelConfig> row, int height, int width, int levels) {
    ModelConfig config =
        row.getPayload().toBuilder().setHeight(height).setWidth(width).setLevels(levels).build();
    return Named.of(row.getName() + ", " + ImageShape.of(config), config);
  }

  @ParameterizedTest
  @MethodSource("of64Images")
  void probabilitiesOfAllImagesSumToOne(ModelConfig config) {
    Images all = allImages(ImageShape.of(config));
    assertEquals(64, all.count());
    try (LiveNetwork network = new LiveNetwork(config, 11)) {
      double sum = 0;
      for (float logProb : network.logProb(all)) {
        sum += Math.exp(logProb);
      }
      assertEquals(1, sum, 1e-4);
    }
  }

  /** Every image of a shape, its sub-pixels being the digits of a number to the base K. */
  private static Images allImages(ImageShape shape) {
    int dimensions = shape.dimensions();
    int count = IntMath.checkedPow(shape.levels(), dimensions);
    byte[] levels = new byte[count * dimensions];
    for (int image = 0; image < count; image++) {
      int digits = image;
      for (int i = 0; i < dimensions; i++) {
        levels[image * dimensions + i] = (byte) (digits % shape.levels());
        digits /= shape.levels();
      }
    }
    return Images.of(shape, levels);
  }
}
