package org.pixelrnn.evaluate;

import org.pixelrnn.data.Split;

/**
 * How unlikely one image of a data set is under a model.
 *
 * @param name the name of the image, see {@link org.pixelrnn.data.ImageDataset#imageName}
 * @param split the split of the data set that has the image
 * @param index the image's index in its split
 * @param nats {@code -log p(x)}, or an upper bound of it if the model is not {@linkplain
 *     org.pixelrnn.sampler.Sampler#isExact exact}
 * @param bitsPerDim the same in bits per dimension, {@code nats / (H·W·C·ln 2)}
 */
public record ImageScore(String name, Split split, int index, double nats, double bitsPerDim) {}
