package org.pixelrnn.model;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.graph.ZeroPadding;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Transposed convolutions that make feature maps of the whole image's size from a small image
 * (section 3.6). Each doubles height and width, with 6×6 taps and stride 2, and a ReLU follows. No
 * tap is masked, because the small image is known before the first pixel of the whole image.
 *
 * <p>One pixel p becomes 2×2 pixels, the four phases. Each phase is a 3×3 convolution around p with
 * its own quarter of the 6×6 taps:
 *
 * <pre>
 *   small map             large map
 *
 *     o o o                 0 1        phase k = the nine pixels o and p
 *     o p o      ──►        2 3                  times kernel k
 *     o o o
 * </pre>
 *
 * <p>All four phases are one convolution with a kernel {@code [3, 3, in, 4 · out]}; its features
 * are then moved to their places.
 */
final class UpsamplingNetwork {
  private static final int TAPS = 3;
  private static final int PHASES = 4;

  private record Doubling(Weight kernel, Weight bias) {}

  private final int features;
  private final List<Doubling> doublings;

  /**
   * A network that enlarges a small image by a factor.
   *
   * @param name the beginning of its weights' names
   * @param factor a power of two; there is one doubling for each 2 in it
   * @param channels the channels of the small image
   * @param features the number of maps
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

  /** The number of maps. */
  int features() {
    return features;
  }

  /** Kernel and bias of each doubling, in order. */
  List<Weight> weights() {
    return doublings.stream().flatMap(d -> Stream.of(d.kernel, d.bias)).toList();
  }

  /**
   * Makes the maps.
   *
   * @param small the input values of small images, {@code [n, h, w, channels]}
   * @return {@code [n, factor · h, factor · w, features]}
   */
  Operand<TFloating> apply(BuildContext context, Operand<TFloating> small) {
    Ops tf = context.tf();
    Operand<TFloating> map = small;
    for (Doubling doubling : doublings) {
      int around = TAPS / 2;
      Operand<TFloating> padded = ZeroPadding.pad(tf, map, around, around, around);
      Operand<TFloating> phases =
          tf.nn.conv2d(padded, context.rounded(doubling.kernel), List.of(1L, 1L, 1L, 1L), "VALID");
      Operand<TFloating> doubled = tf.nn.depthToSpace(phases, 2L);
      map = tf.nn.relu(context.plusBias(doubled, doubling.bias));
    }
    return map;
  }
}
