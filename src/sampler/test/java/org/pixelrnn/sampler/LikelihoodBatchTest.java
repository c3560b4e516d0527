package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;

class LikelihoodBatchTest {
  @AutoClose private static final TinyModels MODELS = new TinyModels();

  @ParameterizedTest
  @CsvSource({
    "28, 28, 1, 2, 100",
    "32, 32, 3, 256, 18",
    "64, 64, 3, 256, 4",
    "128, 128, 3, 256, 1",
    "256, 256, 1, 2, 1",
    "512, 512, 3, 256, 1",
    "1024, 1024, 7, 256, 1"
  })
  void aBatchStaysWithinTheBudget(int height, int width, int channels, int levels, int expected) {
    ImageShape shape = new ImageShape(height, width, channels, levels);
    int size = LikelihoodBatch.size(shape);
    assertEquals(expected, size);
    assertTrue(size == 1 || size * LikelihoodBatch.bytesOfImage(shape) <= LikelihoodBatch.BYTES);
  }

  /** More images than one batch has. */
  @ParameterizedTest
  @ValueSource(strings = {"pixelcnn", "pixelcnn-colour"})
  void batchesDoNotChangeLikelihoods(String name) {
    Sampler sampler = MODELS.of(name);
    Images images = sampler.sample(230, 3, 1);
    float[] together = sampler.logProb(images);
    float[] byChannel = sampler.logProbByChannel(images);
    for (int i : new int[] {0, 99, 100, 101, 199, 200, 229}) {
      Images one = images.slice(i, i + 1);
      assertEquals(sampler.logProb(one)[0], together[i], 1e-4f, "image " + i);
      int channels = sampler.shape().channels();
      float[] parts = new float[channels];
      System.arraycopy(byChannel, i * channels, parts, 0, channels);
      assertArrayEquals(sampler.logProbByChannel(one), parts, 1e-4f, "image " + i);
    }
  }

  @Test
  void anEmptyBatchIsNoProblem() {
    Sampler sampler = MODELS.of("pixelcnn");
    assertEquals(0, sampler.logProb(Images.of(sampler.shape(), new byte[0])).length);
  }
}
