package org.pixelrnn.model;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What flows from layer to layer.
 *
 * @param features the 2h feature maps that the next layer reads, and adds to if it is residual
 * @param skips the sum of what the layers so far have sent straight to the output (section 3.3), if
 *     the network has skip connections and a layer has been passed
 * @param condition the maps that the network is conditioned on, if it is: the same for every layer
 */
record Stream(
    Operand<TFloat32> features,
    Optional<Operand<TFloat32>> skips,
    Optional<Operand<TFloat32>> condition) {

  /** What flows into the first layer. */
  Stream(Operand<TFloat32> features, Optional<Operand<TFloat32>> condition) {
    this(features, Optional.empty(), condition);
  }
}
