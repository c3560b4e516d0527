/**
 * Tools for TensorFlow graphs that know nothing about PixelRNN: weights, graph functions and the
 * chain rule.
 *
 * <p>Start with {@link org.pixelrnn.model.graph.BuildContext}: every layer adds its operations
 * through one. Then read {@link org.pixelrnn.model.graph.Weight} and {@link
 * org.pixelrnn.model.graph.WeightSource}: a layer declares its weights once, and a source supplies
 * their values in each graph. {@link org.pixelrnn.model.graph.DifferentiableFunction} is a graph
 * function with an adjoint of its own; {@link org.pixelrnn.model.graph.ChainRule} computes
 * gradients through calls of such functions. {@link org.pixelrnn.model.graph.BatchSize}, {@link
 * org.pixelrnn.model.graph.EmptyBatch}, {@link org.pixelrnn.model.graph.PairwiseSum} and {@link
 * org.pixelrnn.model.graph.ZeroPadding} are small pieces of graph that many classes need. Whoever
 * builds a graph does it during {@link org.pixelrnn.model.graph.LatinDigits}.
 */
package org.pixelrnn.model.graph;
