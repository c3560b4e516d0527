package org.pixelrnn.model.sampling;

import java.util.List;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.graph.GraphFunction;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * What images are sampled from: the pixels that are known already, a seed and a temperature.
 *
 * <p>The shapes below are those of whole images. For one row of each image, the axis {@code height}
 * is missing.
 *
 * @param images level indices, {@code [n, height, width, channels]}; the levels of pixels that are
 *     not known are never read
 * @param known true for pixels that are given and keep their levels, {@code [n, height, width]}
 * @param seed the seed of all random numbers, {@code []}
 * @param temperature what the logits are divided by, {@code []}, at least 0; at 0 the most likely
 *     level is taken
 */
public record SamplingInputs(
    Operand<TUint8> images,
    Operand<TBool> known,
    Operand<TInt64> seed,
    Operand<TFloat32> temperature) {

  /**
   * Inputs without a known pixel, for new images.
   *
   * @param shape the shape of the images
   * @param count the number of images, {@code []}
   * @param seed as {@link #seed}
   * @param temperature as {@link #temperature}
   */
  public static SamplingInputs nothingKnown(
      Ops tf,
      ImageShape shape,
      Operand<TInt32> count,
      Operand<TInt64> seed,
      Operand<TFloat32> temperature) {
    Operand<TInt32> height = tf.constant(shape.height());
    Operand<TInt32> width = tf.constant(shape.width());
    Operand<TUint8> images =
        tf.zeros(
            tf.stack(List.of(count, height, width, tf.constant(shape.channels()))), TUint8.class);
    Operand<TBool> known = tf.fill(tf.stack(List.of(count, height, width)), tf.constant(false));
    long any = Shape.UNKNOWN_SIZE;
    return new SamplingInputs(
        tf.ensureShape(images, Shape.of(any, shape.height(), shape.width(), shape.channels())),
        tf.ensureShape(known, Shape.of(any, shape.height(), shape.width())),
        seed,
        temperature);
  }

  /** The same seed and temperature for other images. */
  public SamplingInputs withImages(Operand<TUint8> otherImages, Operand<TBool> otherKnown) {
    return new SamplingInputs(otherImages, otherKnown, seed, temperature);
  }

  /** The same images and temperature with another seed. */
  SamplingInputs withSeed(Operand<TInt64> otherSeed) {
    return new SamplingInputs(images, known, otherSeed, temperature);
  }

  /** All parts, in the order in which {@link #arguments} reads them. */
  List<Operand<?>> inOrder() {
    return List.of(images, known, seed, temperature);
  }

  /** The next arguments of a graph function, in the order of {@link #inOrder}. */
  static SamplingInputs arguments(GraphFunction function, Shape images, Shape known) {
    return new SamplingInputs(
        function.argument(TUint8.class, images.asArray()),
        function.argument(TBool.class, known.asArray()),
        function.argument(TInt64.class),
        function.argument(TFloat32.class));
  }
}
