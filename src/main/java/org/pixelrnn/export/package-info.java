/**
 * A trained network to a TensorFlow SavedModel: a numbered version folder that appears whole or not
 * at all, with the signatures that the sampler, TensorFlow Serving and Python call.
 *
 * <pre>{@code
 * Path version =
 *     SavedModelExport.write(
 *         Path.of("savedmodels/mnist-pixelcnn"), network, weights::get, provenance);
 * }</pre>
 */
package org.pixelrnn.export;
