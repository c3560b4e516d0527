package org.pixelrnn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.ModelConfig;

/** The probabilities of all images of a shape sum to 1. */
class NormalisationTest {

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void probabilitiesOfAllImagesSumToOne(ModelConfig config) {
    boolean colour = config.getChannels() == 3;
    ModelConfig small =
        config.toBuilder().setHeight(2).setWidth(colour ? 1 : 3).setLevels(2).build();
    try (LiveNetwork network = new LiveNetwork(small, 11)) {
      double sum = 0;
      for (float logProb : network.logProb(allImages(ImageShape.of(small)))) {
        sum += Math.exp(logProb);
      }
      assertEquals(1, sum, 1e-4);
    }
  }

  /** Every image of a shape of two levels, the first sub-pixel being the lowest bit. */
  public static Images allImages(ImageShape shape) {
    int dimensions = shape.dimensions();
    int count = 1 << dimensions;
    byte[] levels = new byte[count * dimensions];
    for (int image = 0; image < count; image++) {
      for (int i = 0; i < dimensions; i++) {
        levels[image * dimensions + i] = (byte) (image >> i & 1);
      }
    }
    return Images.of(shape, levels);
  }
}
