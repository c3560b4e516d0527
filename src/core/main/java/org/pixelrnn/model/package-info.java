/**
 * The networks of the paper, the likelihood of images under them, and what a pixel sees.
 *
 * <p>Where to start:
 *
 * <ol>
 *   <li>{@link org.pixelrnn.model.Network} is the whole PixelRNN in one file: the stack of layers,
 *       with the shape of every map. Its layers are in {@code model.layer}.
 *   <li>{@link org.pixelrnn.model.LogitMaps} holds its logits, and {@link
 *       org.pixelrnn.model.LogLikelihood} compares them with images.
 *   <li>{@link org.pixelrnn.model.RowwiseNetwork} is the same network row by row, for sampling, and
 *       {@link org.pixelrnn.model.NetworkRow} goes along one row.
 *   <li>{@link org.pixelrnn.model.MultiScaleNetwork} joins two networks: a small image, then the
 *       whole image.
 *   <li>{@link org.pixelrnn.model.ImageModel} is the common interface of both; {@link
 *       org.pixelrnn.model.ModelRules} checks a configuration before a model is built from it.
 * </ol>
 */
package org.pixelrnn.model;
