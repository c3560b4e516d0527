package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.export.TinyExports;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.ModelConfig;

/** What an exported model's images must be, for every architecture. */
class SamplerTest {
  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void theSameSeedGivesTheSameImagesHoweverTheyAreAskedFor(ModelConfig config) {
    try (Sampler sampler = Sampler.open(TinyExports.write(folder, config, 3))) {
      Images images = sampler.sample(5, 7, 1);
      ImageShape shape = sampler.shape();
      assertEquals(ImageShape.of(config), shape);
      Images nothing = Images.of(shape, new byte[5 * shape.dimensions()]);
      boolean[] none = new boolean[shape.pixels()];

      assertEquals(images, sampler.sample(5, 7, 1));
      assertEquals(images, sampler.complete(nothing, none, 7, 1));
      assertEquals(images, sampler.sample(5, 7, 1, (row, levels) -> {}));
      assertEquals(images.slice(0, 2), sampler.sample(2, 7, 1));
      assertNotEquals(images, sampler.sample(5, 8, 1));
    }
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void atTemperatureZeroEachSubPixelIsTheMostLikely(ModelConfig config) {
    try (Sampler sampler = Sampler.open(TinyExports.write(folder, config, 3))) {
      Images greedy = sampler.sample(2, 1, 0);
      assertEquals(greedy, sampler.sample(2, 2, 0));
      int levels = sampler.shape().levels();
      float[] logits = sampler.logits(greedy);
      byte[] best = new byte[greedy.levels().length];
      for (int i = 0; i < best.length; i++) {
        for (byte level = 1; level < levels; level++) {
          if (logits[i * levels + level] > logits[i * levels + best[i]]) {
            best[i] = level;
          }
        }
      }
      assertArrayEquals(best, greedy.levels());
      assertEquals(Arrays.hashCode(best), Arrays.hashCode(greedy.levels()));
    }
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void theChannelsShareTheLikelihood(ModelConfig config) {
    try (Sampler sampler = Sampler.open(TinyExports.write(folder, config, 3))) {
      Images images = sampler.sample(7, 5, 1);
      float[] logits = sampler.logits(images);
      float[] whole = sampler.logProb(images);
      float[] parts = sampler.logProbByChannel(images);
      int channels = sampler.shape().channels();
      int levels = sampler.shape().levels();
      assertEquals(7 * channels, parts.length);
      double[] expected = new double[parts.length];
      for (int i = 0; i < images.levels().length; i++) {
        double sum = 0;
        for (int k = 0; k < levels; k++) {
          sum += Math.exp(logits[i * levels + k]);
        }
        int image = i / sampler.shape().dimensions();
        expected[image * channels + i % channels] +=
            logits[i * levels + images.levels()[i]] - Math.log(sum);
      }
      for (int i = 0; i < parts.length; i++) {
        assertEquals(expected[i], parts[i], 1e-4);
      }
      for (int image = 0; image < 7; image++) {
        double sum = 0;
        for (int channel = 0; channel < channels; channel++) {
          sum += parts[image * channels + channel];
        }
        assertEquals(whole[image], sum, 1e-4);
      }
    }
  }
}
