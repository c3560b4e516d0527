package org.pixelrnn.export;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.sampler.Sampler;

/** The {@code logits} of an exported model depend on earlier sub-pixels only. */
class ExportedCausalityTest {

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void aChangedSubPixelChangesLaterLogitsOnly(ModelConfig config) {
    Sampler sampler = TinySamplers.of(config);
    int k = sampler.shape().levels();
    int[] order = TinyNetworks.order(config);
    boolean[] seenLater = new boolean[sampler.shape().dimensions()];
    Random random = new Random(3);
    // Several images: in a network this small, a ReLU that is off can hide a sub-pixel in one
    // image.
    for (int sample = 0; sample < 4; sample++) {
      byte[] image = new byte[seenLater.length];
      for (int i = 0; i < image.length; i++) {
        image[i] = (byte) random.nextInt(k);
      }
      float[] before = sampler.logits(Images.of(sampler.shape(), image));
      for (int position = 0; position < order.length; position++) {
        int changed = order[position];
        byte[] levels = image.clone();
        levels[changed] = (byte) ((levels[changed] + 1) % k);
        float[] after = sampler.logits(Images.of(sampler.shape(), levels));
        for (int other = 0; other < order.length; other++) {
          int at = order[other] * k;
          boolean seen = !Arrays.equals(before, at, at + k, after, at, at + k);
          assertFalse(seen && other <= position, order[other] + " sees " + changed);
          seenLater[changed] |= seen;
        }
      }
    }
    for (int position = 0; position < order.length - 1; position++) {
      int i = order[position];
      assertTrue(seenLater[i], "sub-pixel " + i + " is not seen by any later one");
    }
  }
}
