package org.pixelrnn.model;

import java.util.List;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * A probability distribution over images, {@code p(x) = Π p(x_i | x_<i)}. It is one {@link
 * Network}, or two of them, a small image first ({@link MultiScaleNetwork}).
 */
public sealed interface ImageModel permits Network, MultiScaleNetwork {

  /**
   * Builds the model that a configuration describes.
   *
   * @param config a configuration that {@link ModelRules} accepts
   */
  static ImageModel of(ModelConfig config) {
    return config.hasMultiScale() ? new MultiScaleNetwork(config) : new Network(config);
  }

  /** The shape of the images. */
  ImageShape shape();

  /** All trainable tensors, in the order of the model. */
  List<Weight> weights();

  /**
   * The scores of a batch of images.
   *
   * @param logits the logits of each sub-pixel given all earlier sub-pixels in the model's order,
   *     {@code [n, height, width, channels, levels]}
   * @param logProb {@code log p(x)} in nats, {@code [n]}, or a lower bound of it, see {@link
   *     MultiScaleNetwork#isExact}
   */
  record Scores(Operand<TFloat32> logits, Operand<TFloat32> logProb) {}

  /**
   * Adds the operations that score images.
   *
   * @param images level indices, {@code [n, height, width, channels]}
   */
  Scores scores(BuildContext context, Operand<TUint8> images);
}
