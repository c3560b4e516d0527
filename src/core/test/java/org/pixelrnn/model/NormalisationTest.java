package org.pixelrnn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.math.IntMath;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.MultiScale;

/** The probabilities of all images of a shape sum to 1. */
class NormalisationTest {

  /** Every architecture of {@link TinyNetworks}, at shapes that have 64 images each. */
  static Stream<Named<ModelConfig>> of64Images() {
    return TinyNetworks.networkConfigs()
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
    assertEquals(64, allImages(ImageShape.of(config)).count());
    assertEquals(1, total(config), 1e-4);
  }

  static Stream<Named<ModelConfig>> scales1And2() {
    return TinyNetworks.networkConfigs()
        .map(
            row ->
                Named.of(
                    row.getName(),
                    TinyNetworks.twoScales(
                        2, 2, 2, row.getPayload().toBuilder().setLevels(2).build())));
  }

  /** Small images of 1×1 pixels, whole images of 2×2: 16 images, or 4,096 in colour. */
  @ParameterizedTest
  @MethodSource("scales1And2")
  void probabilitiesAtTwoScalesSumToOne(ModelConfig config) {
    assertEquals(1, total(config), 1e-4);
  }

  /**
   * In the paper's model, some probability is lost on images with another small image, so the sum
   * is below 1.
   */
  @ParameterizedTest
  @EnumSource(MultiScale.Reduction.class)
  void lowerBoundsSumToLessThanOne(MultiScale.Reduction reduction) {
    ModelConfig exact = TinyNetworks.twoScales(2, 2, 2, TinyNetworks.all().get(0));
    ModelConfig bound =
        exact.toBuilder()
            .setMultiScale(
                exact.getMultiScale().toBuilder().setDrawEveryPixel(true).setReduction(reduction))
            .build();
    double total = total(bound);
    assertTrue(0.1 < total && total < 0.99, "sum of all bounds " + total);
  }

  private static double total(ModelConfig config) {
    try (LiveNetwork network = new LiveNetwork(config, 11)) {
      double sum = 0;
      for (float logProb : network.logProb(allImages(ImageShape.of(config)))) {
        sum += Math.exp(logProb);
      }
      return sum;
    }
  }

  /** Every image of a shape. The sub-pixels of image i are the digits of i to the base K. */
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
