/**
 * Several processes that train one model, on TensorFlow's own distributed runtime.
 *
 * <p>Start at {@link org.pixelrnn.train.workers.WorkerGroup}: all that training asks of the others.
 * A process that trains alone is a {@link org.pixelrnn.train.workers.SingleWorker}. With {@code
 * TF_CONFIG} in the environment it is a {@link org.pixelrnn.train.workers.ClusterWorker}: it runs
 * one of TensorFlow's servers, and its sessions run on that server, so that TensorFlow's collective
 * operations reach the other workers. A {@code WorkerWatch} greets the others every few seconds,
 * and notices if one does not answer.
 */
package org.pixelrnn.train.workers;
