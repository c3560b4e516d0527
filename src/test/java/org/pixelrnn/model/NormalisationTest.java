package org.pixelrnn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#networkConfigs")
  void probabilitiesOfAllImagesSumToOne(ModelConfig config) {
    boolean colour = config.getChannels() == 3;
    assertEquals(
        1,
        total(config.toBuilder().setHeight(2).setWidth(colour ? 1 : 3).setLevels(2).build()),
        1e-4);
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

  /** 1×1 pixels, then 2×2: 16 images, and 4,096 in colour. */
  @ParameterizedTest
  @MethodSource("scales1And2")
  void atTwoScalesToo(ModelConfig config) {
    assertEquals(1, total(config), 1e-4);
  }

  /** As the paper has it: some mass is lost on images whose small version is another. */
  @ParameterizedTest
  @EnumSource(MultiScale.Reduction.class)
  void aBoundIsBelowTheProbability(MultiScale.Reduction reduction) {
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
