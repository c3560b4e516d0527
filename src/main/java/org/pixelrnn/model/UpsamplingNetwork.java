package org.pixelrnn.model;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * From a small image to feature maps of the whole one's size (section 3.6): transposed convolutions
 * of 6×6 taps and stride 2, unmasked, for the small image is known before the first pixel is drawn;
 * each is followed by a ReLU.
 *
 * <p>The four phases of such a convolution, one for each pixel of the 2×2 that a pixel becomes, are
 * 3×3 convolutions of the small map; all four are computed as one, {@code [3, 3, in, 4 · out]}, and
 * then put where they belong.
 */
final class UpsamplingNetwork {
  private static final int TAPS = 3;
  private static final int PHASES = 4;

  private record Doubling(Weight kernel, Weight bias) {}

  private final int features;
  private final List<Doubling> doublings;

  /**
   * A network of as many doublings as the factor needs.
   *
   * @param name of its weights
   * @param factor a power of two
   * @param channels of the small image
   * @param features of each map
   */
  UpsamplingNetwork(String name, int factor, int channels, int features) {
    this.features = features;
    this.doublings =
        IntStream.rangeClosed(1, Integer.numberOfTrailingZeros(factor))
            .mapToObj(i -> doubling(name + i, i == 1 ? channels : features))
            .toList();
  }

  private Doubling doubling(String name, int in) {
    int out = PHASES * features;
    float[] deviations = new float[out];
    Arrays.fill(deviations, (float) Math.sqrt(2.0 / (TAPS * TAPS * in)));
    return new Doubling(
        Weight.normal(name + "/kernel", deviations, TAPS, TAPS, in, out),
        Weight.zeros(name + "/bias", features));
  }

  int features() {
    return features;
  }

  List<Weight> weights() {
    return doublings.stream().flatMap(d -> Stream.of(d.kernel, d.bias)).toList();
  }

  /**
   * The maps.
   *
   * @param small what the network is shown of small images, {@code [n, h, w, channels]}
   * @return {@code [n, factor · h, factor · w, features]}
   */
  Operand<TFloat32> apply(Pass pass, Operand<TFloat32> small) {
    Ops tf = pass.tf();
    Operand<TFloat32> map = small;
    for (Doubling doubling : doublings) {
      int around = TAPS / 2;
      Operand<TFloat32> padded = ZeroPadding.pad(tf, map, around, around, around);
      Operand<TFloat32> phases =
          tf.nn.conv2d(padded, pass.weight(doubling.kernel), List.of(1L, 1L, 1L, 1L), "VALID");
      Operand<TFloat32> doubled = tf.nn.depthToSpace(phases, 2L);
      map = tf.nn.relu(tf.nn.biasAdd(doubled, pass.weight(doubling.bias)));
    }
    return map;
  }
}
