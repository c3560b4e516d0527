package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.ModelConfig;

/** An exported model's {@code logits} see earlier sub-pixels only. */
class ExportedCausalityTest {
  @AutoClose private static final TinySamplers SAMPLERS = new TinySamplers();

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void aChangedSubPixelChangesLaterLogitsOnly(ModelConfig config) {
    Sampler sampler = SAMPLERS.of(config);
    int k = sampler.shape().levels();
    boolean[] seenLater = new boolean[sampler.shape().dimensions()];
    Random random = new Random(3);
    // Of several images: in a network this small, units that are off for one can hide a sub-pixel.
    for (int sample = 0; sample < 4; sample++) {
      byte[] image = new byte[seenLater.length];
      for (int i = 0; i < image.length; i++) {
        image[i] = (byte) random.nextInt(k);
      }
      float[] before = sampler.logits(Images.of(sampler.shape(), image));
      for (int changed = 0; changed < image.length; changed++) {
        byte[] levels = image.clone();
        levels[changed] = (byte) ((levels[changed] + 1) % k);
        float[] after = sampler.logits(Images.of(sampler.shape(), levels));
        int later = (changed + 1) * k;
        assertArrayEquals(Arrays.copyOf(before, later), Arrays.copyOf(after, later));
        seenLater[changed] |=
            !Arrays.equals(before, later, before.length, after, later, after.length);
      }
    }
    for (int i = 0; i < seenLater.length - 1; i++) {
      assertTrue(seenLater[i], "sub-pixel " + i + " is not seen by any later one");
    }
  }
}
