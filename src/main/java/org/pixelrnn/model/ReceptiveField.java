package org.pixelrnn.model;

import java.util.List;
import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * What a pixel sees: the gradients of one of its logits with respect to all of the image.
 *
 * <p>A Diagonal BiLSTM sees every earlier pixel, a Row LSTM a triangle above, a PixelCNN the cone
 * of its stack of masks, which has a blind spot to the right (section 3, figures 2 and 4).
 */
public final class ReceptiveField {
  private ReceptiveField() {}

  /**
   * Adds the operations that measure how much each sub-pixel counts.
   *
   * @param network that is conditioned on nothing
   * @param pass with the weights at which it is measured
   * @param images at which it is measured, {@code [n, height, width, channels]}; with several, what
   *     one of them hides, a ReLU at 0, another one shows
   * @param row of the pixel, its last channel being the one that sees the most
   * @param column of the pixel
   * @return {@code Σ_n |∂ logit / ∂ x|}, {@code [height, width, channels]}: exactly 0 where nothing
   *     is seen
   */
  public static Operand<TFloat32> of(
      Pass pass, Network network, Operand<TUint8> images, int row, int column) {
    Ops tf = pass.tf();
    ImageShape shape = network.shape();
    Operand<TFloat32> values = network.values(tf, images);
    // To the chain rule the image is one more weight, used before all others.
    Weight image =
        Weight.zeros("image", Shape.UNKNOWN_SIZE, shape.height(), shape.width(), shape.channels());
    pass.chainRule().uses(image, values);
    Operand<TFloat32> logits = network.logits(pass, values, Optional.empty());
    Operand<TFloat32> gradient =
        pass.chainRule()
            .gradients(
                tf,
                List.of(logits),
                List.of(oneLogit(tf, logits, shape, row, column)),
                List.of(image))
            .get(image);
    return tf.reduceSum(tf.math.abs(gradient), tf.constant(0));
  }

  /** 1 at the first level of the pixel's last channel in each image, 0 elsewhere. */
  private static Operand<TFloat32> oneLogit(
      Ops tf, Operand<TFloat32> logits, ImageShape shape, int row, int column) {
    float[] one = new float[shape.dimensions() * shape.levels()];
    int pixel = row * shape.width() + column;
    one[((pixel + 1) * shape.channels() - 1) * shape.levels()] = 1;
    int[] size = {
      1, shape.height(), shape.width(), shape.channels(), shape.levels(),
    };
    return tf.broadcastTo(tf.reshape(tf.constant(one), tf.constant(size)), tf.shape(logits));
  }
}
