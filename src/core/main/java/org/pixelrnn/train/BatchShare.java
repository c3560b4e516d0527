package org.pixelrnn.train;

import org.pixelrnn.train.workers.WorkerGroup;

/**
 * The part of each batch that one worker trains on. The parts are as even as possible: ten images
 * and four workers make parts of 2, 3, 2 and 3.
 *
 * @param from the first image, counted from 0
 * @param to the image after the last one
 */
record BatchShare(int from, int to) {
  /** The share of this worker. */
  static BatchShare of(WorkerGroup workers, int batchSize) {
    return of(workers.index(), workers.count(), batchSize);
  }

  /** The share of one of several workers. */
  static BatchShare of(int worker, int workers, int batchSize) {
    return new BatchShare(begin(worker, workers, batchSize), begin(worker + 1, workers, batchSize));
  }

  private static int begin(int worker, int workers, int batchSize) {
    return (int) ((long) worker * batchSize / workers);
  }

  int size() {
    return to - from;
  }
}
