package org.pixelrnn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.ModelConfig;

/** The logits of a sub-pixel depend on earlier sub-pixels and on no others. */
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
      int[] order = TinyNetworks.order(config);
      for (int position = 0; position < order.length; position++) {
        int changed = order[position];
        byte[] other = levels.clone();
        other[changed] = (byte) ((levels[changed] + 1) % shape.levels());
        float[] after = network.logits(Images.of(shape, other));
        assertEquals(
            Set.of(),
            seers(before, after, shape.levels(), order, 0, position + 1),
            "sub-pixel " + changed + " is seen by itself or by earlier sub-pixels");
        assertTrue(
            position == order.length - 1
                || !seers(before, after, shape.levels(), order, position + 1, order.length)
                    .isEmpty(),
            "sub-pixel " + changed + " is seen by no later sub-pixel");
      }
    }
  }

  /** The sub-pixels whose logits changed, in a range of the model's order. */
  static Set<Integer> seers(
      float[] before, float[] after, int levels, int[] order, int from, int to) {
    return Arrays.stream(order, from, to)
        .filter(
            i ->
                !Arrays.equals(
                    before, i * levels, (i + 1) * levels, after, i * levels, (i + 1) * levels))
        .boxed()
        .collect(Collectors.toSet());
  }
}
