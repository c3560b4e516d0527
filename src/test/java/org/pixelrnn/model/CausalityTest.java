package org.pixelrnn.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.ModelConfig;

/**
 * The factorisation is a true one: the logits of a sub-pixel depend on earlier sub-pixels only, and
 * on some of them.
 */
class CausalityTest {

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void aChangedSubPixelChangesLaterLogitsOnly(ModelConfig config) {
    ImageShape shape = ImageShape.of(config);
    try (LiveNetwork network = new LiveNetwork(config, 9)) {
      byte[] levels = new byte[shape.dimensions()];
      Random random = new Random(3);
      for (int i = 0; i < levels.length; i++) {
        levels[i] = (byte) random.nextInt(shape.levels());
      }
      float[] before = network.logits(Images.of(shape, levels));
      for (int changed = 0; changed < levels.length; changed++) {
        byte[] other = levels.clone();
        other[changed] = (byte) ((levels[changed] + 1) % shape.levels());
        float[] after = network.logits(Images.of(shape, other));
        int later = (changed + 1) * shape.levels();
        assertArrayEquals(
            Arrays.copyOf(before, later),
            Arrays.copyOf(after, later),
            0f,
            "sub-pixel " + changed + " is seen by itself or by an earlier one");
        assertFalse(
            later < before.length
                && Arrays.equals(before, later, before.length, after, later, after.length),
            "sub-pixel " + changed + " is not seen by any later one");
      }
    }
  }
}
