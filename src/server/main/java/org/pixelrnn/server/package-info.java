/**
 * Serves exported models over gRPC and HTTP, on one port.
 *
 * <p>Start at {@link org.pixelrnn.server.ModelServer}; {@code ServicesOnOnePort} puts the services
 * together, one line each. {@code ModelsOverGrpc} and {@code ModelsOverHttp} turn messages and JSON
 * into calls of {@code ModelRequests}, which checks them. {@code RequestRun} is one request from
 * its arrival to its end: it waits in {@code RequestGate}, and {@code RowDelivery} or {@code
 * LikelihoodAnswer} answers it. {@code ModelRegistry} loads the models and watches their folders;
 * {@code ModelEngine} runs one version for many requests: {@code BatchingEngine} samples their rows
 * together.
 *
 * <p>{@code SignatureRequests} answers the interface of TensorFlow Serving, for {@code
 * PredictionOverGrpc}, {@code VersionsOverGrpc} and {@code SignaturesOverHttp}. {@code PredictBody}
 * reads its JSON and {@code OutputsAsJson} writes it.
 */
package org.pixelrnn.server;
