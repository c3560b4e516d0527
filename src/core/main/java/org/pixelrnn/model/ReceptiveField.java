package org.pixelrnn.model;

import java.util.List;
import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Weight;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * The receptive field of a pixel, measured: the gradient of one of its logits with respect to the
 * whole image.
 *
 * <p>In a Diagonal BiLSTM a pixel sees every earlier pixel. In a Row LSTM it sees a triangle above.
 * In a PixelCNN it sees what the stack of masks lets through, with a blind spot on the right
 * (section 3, figures 2 and 4). {@link VisiblePixels} derives the same from the definitions.
 */
public final class ReceptiveField {
  private ReceptiveField() {}

  /**
   * Adds the operations that measure the field of one pixel. They use the pixel's last channel,
   * which sees the most.
   *
   * @param context holds the weights
   * @param network a network that is not conditioned
   * @param images the images to measure at, {@code [n, height, width, channels]}. Use several: in
   *     one image, a ReLU at 0 may hide a pixel that another image shows.
   * @param row the row of the pixel
   * @param column the column of the pixel
   * @return {@code Σ_n |∂ logit / ∂ x|}, {@code [height, width, channels]}; exactly 0 where the
   *     pixel sees nothing
   */
  public static Operand<TFloat32> of(
      BuildContext context, Network network, Operand<TUint8> images, int row, int column) {
    Ops tf = context.tf();
    ImageShape shape = network.shape();
    Operand<TFloat32> values = network.inputValues().ofImages(tf, images);
    // To the chain rule, the image is one more weight, used before all others.
    Weight image =
        Weight.zeros("image", Shape.UNKNOWN_SIZE, shape.height(), shape.width(), shape.channels());
    context.chainRule().uses(image, values);
    Operand<TFloat32> logits = network.logitsOfValues(context, values, Optional.empty());
    Operand<TFloat32> gradient =
        context
            .chainRule()
            .gradients(
                tf,
                List.of(logits),
                List.of(oneLogit(tf, logits, shape, row, column)),
                List.of(image))
            .get(image);
    return tf.reduceSum(tf.math.abs(gradient), tf.constant(0));
  }

  /** 1 at level 0 of the pixel's last channel in each image, 0 elsewhere. */
  private static Operand<TFloat32> oneLogit(
      Ops tf, Operand<TFloat32> logits, ImageShape shape, int row, int column) {
    float[] one = new float[shape.logits()];
    int pixel = row * shape.width() + column;
    one[((pixel + 1) * shape.channels() - 1) * shape.levels()] = 1;
    int[] size = {
      1, shape.height(), shape.width(), shape.channels(), shape.levels(),
    };
    return tf.broadcastTo(tf.reshape(tf.constant(one), tf.constant(size)), tf.shape(logits));
  }
}
