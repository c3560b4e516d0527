package org.pixelrnn.sampler;

import org.pixelrnn.image.InputException;

/**
 * An exact likelihood was asked of a model that only has a lower bound of it: a multi-scale model
 * whose large network models every pixel.
 */
public final class NoExactLikelihoodException extends InputException {
  NoExactLikelihoodException(String message) {
    super(message);
  }
}
