package org.pixelrnn.train.workers;

/**
 * Another worker does not answer any more: its process has ended, is frozen, or the network is cut.
 * Training can go on from the last checkpoint once all workers are started again.
 */
public final class WorkerLostException extends RuntimeException {
  private static final long serialVersionUID = 1;

  WorkerLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
