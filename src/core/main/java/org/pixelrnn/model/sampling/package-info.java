/**
 * Sampling as graph operations: a graph that samples whole images, or one row at a time, from a
 * {@link org.pixelrnn.model.Network}. The state of all rows above is cached, so each pixel costs
 * one step of each layer, never a pass over the whole image.
 *
 * <p>Where to start:
 *
 * <ol>
 *   <li>{@link org.pixelrnn.model.sampling.GraphSampler} samples images from any model, given
 *       {@link org.pixelrnn.model.sampling.SamplingInputs}.
 *   <li>{@link org.pixelrnn.model.sampling.NetworkSampler} does so for one network. It calls {@code
 *       TurnLoop}, a loop over rows, which calls {@code RowSamplingFunction}, one row as a graph
 *       function, which calls {@code RowSampling}, the operations of one row. A long row of a deep
 *       network is a loop over blocks, {@code BlockLoop}.
 *   <li>{@link org.pixelrnn.model.sampling.MultiScaleSampler} samples a small image first, then the
 *       whole image.
 * </ol>
 */
package org.pixelrnn.model.sampling;
