package org.pixelrnn.model;

import java.util.List;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * A distribution over images, {@code p(x) = Π p(x_i | earlier ones)}: one {@link Network}, or two
 * of them, a small image first ({@link MultiScaleNetwork}).
 */
public sealed interface ImageModel permits Network, MultiScaleNetwork {

  /**
   * The model that a configuration describes.
   *
   * @param config that has been checked
   */
  static ImageModel of(ModelConfig config) {
    return config.hasMultiScale() ? new MultiScaleNetwork(config) : new Network(config);
  }

  /** The images that are modelled. */
  ImageShape shape();

  /** All trainable tensors, in the order of the model. */
  List<Weight> weights();

  /**
   * What a model says of images.
   *
   * @param logits of every sub-pixel given all those that come before it in the model's order,
   *     {@code [n, height, width, channels, levels]}
   * @param logProb {@code log p(x)} in nats, {@code [n]}; or a lower bound of it, see {@link
   *     MultiScaleNetwork#isExact}
   */
  record Scores(Operand<TFloat32> logits, Operand<TFloat32> logProb) {}

  /**
   * Goes through images.
   *
   * @param images level indices, {@code [n, height, width, channels]}
   */
  Scores scores(Pass pass, Operand<TUint8> images);
}
