/**
 * Writes a trained network, or an earlier export, as a TensorFlow SavedModel. The sampler,
 * TensorFlow Serving and Python programs read it.
 *
 * <pre>{@code
 * Path version =
 *     SavedModelExport.write(
 *         Path.of("savedmodels/mnist-pixelcnn"), network, weights::get, provenance);
 * }</pre>
 *
 * <p>Where to start:
 *
 * <ol>
 *   <li>{@link org.pixelrnn.export.SavedModelExport} writes a version; {@code VersionFolder} gives
 *       it a number, and it appears whole or not at all.
 *   <li>{@code ServingGraph} builds the graph, with one signature for each question. {@code
 *       RowSignatures} and {@code MultiScaleSignatures} add signatures; {@code InputAssertions}
 *       checks what they are given; {@code SavedModelVariables} holds the weights.
 *   <li>{@link org.pixelrnn.export.MeasuredReceptiveField} reads an export back, as an {@code
 *       ExportedNetwork}, for gradients, which no signature gives.
 * </ol>
 */
package org.pixelrnn.export;
