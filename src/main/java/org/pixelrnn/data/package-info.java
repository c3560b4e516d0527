/**
 * Files to batches: data sets, their splits, binarisation, shuffling, batching.
 *
 * <p>Everything random is a function of its coordinates, (seed, step) or (split, epoch, index), and
 * of nothing that happened before.
 */
package org.pixelrnn.data;
