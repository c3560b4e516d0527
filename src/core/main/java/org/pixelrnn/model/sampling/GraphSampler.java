package org.pixelrnn.model.sampling;

import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.MultiScaleNetwork;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.graph.BuildContext;
import org.tensorflow.Operand;
import org.tensorflow.types.TUint8;

/**
 * Samples whole images as graph operations.
 *
 * <p>It owns graph functions. Each graph that calls them keeps copies, so close this as soon as the
 * graphs are built.
 */
public sealed interface GraphSampler extends AutoCloseable
    permits NetworkSampler, MultiScaleSampler {

  /** Builds the functions that sample from a model. */
  static GraphSampler of(ImageModel model) {
    return model instanceof MultiScaleNetwork scales
        ? new MultiScaleSampler(scales)
        : new NetworkSampler((Network) model);
  }

  /**
   * Samples every pixel that is not known, given all pixels that come earlier in the model's order.
   *
   * @return level indices, {@code [n, height, width, channels]}; known pixels are unchanged
   */
  Operand<TUint8> sample(BuildContext context, SamplingInputs inputs);

  /** Frees the functions. Graphs that call them keep working. */
  @Override
  void close();
}
