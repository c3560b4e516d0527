/**
 * The layers of section 3 of the paper. Each layer has two faces over the same weights: the whole
 * image, for training and likelihood, and one row of pixels, for sampling.
 *
 * <p>Start with {@link org.pixelrnn.model.layer.Mask} and {@link
 * org.pixelrnn.model.layer.MaskedConvolution}, of which everything else is built. Then read {@link
 * org.pixelrnn.model.layer.ResidualLayer}, which wraps a {@code LayerBody}: {@code PixelCnnBody},
 * {@code RowLstmBody} or {@code DiagonalBiLstmBody}. A new kind of layer is one more body, and one
 * line in {@code LayerBody.of}.
 *
 * <p>For whole images, {@link org.pixelrnn.model.layer.LayerMaps} flow from layer to layer, and a
 * {@link org.pixelrnn.model.layer.MapLayout} says how they lie in memory. For sampling, read {@link
 * org.pixelrnn.model.layer.Lanes}, {@link org.pixelrnn.model.layer.BlockTensors} and {@link
 * org.pixelrnn.model.layer.MaskedConvolutionRow}. Rows are sampled in lanes or in blocks: a network
 * enters a block, goes along its pixels, and leaves it. {@link org.pixelrnn.model.layer.RowState}
 * is what a layer keeps from turn to turn.
 */
package org.pixelrnn.model.layer;
