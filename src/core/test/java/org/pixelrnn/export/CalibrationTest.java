package org.pixelrnn.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.sampler.Sampler;

/** An exported model samples each image as often as its probability says. */
class CalibrationTest {
  private static final int SAMPLES = 8000;

  /**
   * Every architecture of {@link TinyNetworks}. Single-scale models have one of two shapes with 64
   * possible images. Multi-scale models go from 1×1 to 2×2 pixels, with 16 possible images.
   */
  static Stream<Named<ModelConfig>> ofFewImages() {
    return Stream.concat(of64Images(), of16Images());
  }

  private static Stream<Named<ModelConfig>> of16Images() {
    return TinyNetworks.networkConfigs()
        .filter(row -> row.getName().matches("PixelCNN|Row LSTM|Diagonal BiLSTM"))
        .map(
            row ->
                Named.of(
                    row.getName() + " at two scales",
                    TinyNetworks.twoScales(2, 2, 2, row.getPayload())));
  }

  private static Stream<Named<ModelConfig>> of64Images() {
    return TinyNetworks.networkConfigs()
        .map(
            row -> {
              ModelConfig.Builder config = row.getPayload().toBuilder().setLevels(2);
              return Named.of(
                  row.getName(),
                  config.getChannels() == 1
                      ? config.setHeight(2).setWidth(3).build()
                      : config.setHeight(1).setWidth(2).build());
            });
  }

  @ParameterizedTest
  @Tag("slow")
  @MethodSource("ofFewImages")
  void frequenciesFitTheProbabilities(ModelConfig config) {
    Sampler sampler = TinySamplers.of(config);
    double[] expected = probabilities(sampler, 1);
    assertFits(expected, sampler.sample(SAMPLES, 1, 1));
  }

  /** Each sub-pixel follows {@code p(x_i | x_<i)^(1/T)}, normalised. */
  @ParameterizedTest
  @Tag("slow")
  @MethodSource("ofFewImages")
  void temperatureDividesTheLogits(ModelConfig config) {
    Sampler sampler = TinySamplers.of(config);
    assertFits(probabilities(sampler, 2), sampler.sample(SAMPLES, 1, 2));
  }

  private static void assertFits(double[] probabilities, Images sampled) {
    int[] observed = new int[probabilities.length];
    int dimensions = sampled.shape().dimensions();
    for (int i = 0; i < sampled.count(); i++) {
      int image = 0;
      for (int d = 0; d < dimensions; d++) {
        image = 2 * image + sampled.levels()[i * dimensions + d];
      }
      observed[image]++;
    }
    // The approximation needs 5 expected images a cell, so rare images share a cell.
    double chiSquare = 0;
    int cells = 0;
    double rareExpected = 0;
    int rareObserved = 0;
    for (int image = 0; image < probabilities.length; image++) {
      double expected = probabilities[image] * sampled.count();
      if (expected < 5) {
        rareExpected += expected;
        rareObserved += observed[image];
      } else {
        chiSquare += square(observed[image] - expected) / expected;
        cells++;
      }
    }
    if (rareExpected > 0) {
      chiSquare += square(rareObserved - rareExpected) / rareExpected;
      cells++;
    }
    assertTrue(cells > 8, "the images are too unequal: " + cells + " cells");
    double normal = normalOf(chiSquare, cells - 1);
    // One-sided p > 0.001.
    assertTrue(normal < 3.0902, "chi-square " + chiSquare + " of " + (cells - 1) + " degrees");
  }

  /** Wilson and Hilferty's transformation: a chi-square as a value of the standard normal. */
  private static double normalOf(double chiSquare, int degrees) {
    double variance = 2.0 / (9 * degrees);
    return (Math.cbrt(chiSquare / degrees) - (1 - variance)) / Math.sqrt(variance);
  }

  private static double square(double x) {
    return x * x;
  }

  private static double[] probabilities(Sampler sampler, double temperature) {
    ImageShape shape = sampler.shape();
    int dimensions = shape.dimensions();
    int images = 1 << dimensions;
    byte[] levels = new byte[images * dimensions];
    for (int image = 0; image < images; image++) {
      for (int d = 0; d < dimensions; d++) {
        levels[image * dimensions + d] = (byte) (image >> (dimensions - 1 - d) & 1);
      }
    }
    Images all = Images.of(shape, levels);
    float[] logits = sampler.logits(all);
    float[] logProb = sampler.logProb(all);
    double[] probabilities = new double[images];
    for (int image = 0; image < images; image++) {
      double p = 1;
      for (int d = 0; d < dimensions; d++) {
        int i = image * dimensions + d;
        double odds = Math.exp((logits[2 * i + 1] - logits[2 * i]) / temperature);
        p *= levels[i] == 1 ? odds / (1 + odds) : 1 / (1 + odds);
      }
      probabilities[image] = p;
      if (temperature == 1) {
        assertEquals(Math.exp(logProb[image]), p, 1e-5);
      }
    }
    return probabilities;
  }
}
