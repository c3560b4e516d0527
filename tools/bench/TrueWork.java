import java.util.List;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.ndarray.Shape;

/**
 * The floating-point operations that a training step needs for one image.
 *
 * <p>A tap of a kernel costs one multiplication and one addition for each pixel. Only taps that are
 * computed count. There are none below the centre, and in a Row LSTM none right of it:
 *
 * <pre>
 *   3×3 mask B     1  1  1          1×3 input-to-state of a Row LSTM     1  c  -
 *                  1  c  0
 *                  -  -  -          1  counted    0  masked, but counted    -  not counted
 * </pre>
 *
 * <p>The gradients of the kernel and of the input cost as much as the forward pass each. The first
 * convolution has no gradient of its input. Everything but convolutions and products counts as 0.
 */
final class TrueWork {
  private TrueWork() {}

  /** FLOPs of one training step for one image. */
  static double flopsPerImage(ModelConfig config) {
    List<Weight> weights = new Network(config).weights();
    double multiplications = 0;
    for (Weight weight : weights) {
      int passes = weight.name().startsWith("input/") ? 2 : 3;
      multiplications += passes * multiplicationsPerPixel(weight);
    }
    return 2 * multiplications * ImageShape.of(config).pixels();
  }

  /** The number of trained numbers. */
  static long parameters(ModelConfig config) {
    return new Network(config).weights().stream().mapToLong(weight -> weight.shape().size()).sum();
  }

  private static double multiplicationsPerPixel(Weight weight) {
    Shape shape = weight.shape();
    if (!weight.name().endsWith("/kernel")) {
      return 0;
    }
    boolean rightTapIsLeftOut =
        weight.name().endsWith("/input_to_state/kernel") && shape.get(1) == 3;
    return rightTapIsLeftOut ? shape.size() * 2 / 3.0 : shape.size();
  }
}
