/**
 * Data sets, and the batches that are made of them.
 *
 * <p>Start at {@link org.pixelrnn.data.ImageDataset}: images by split and index, with values {@code
 * 0..255}. {@link org.pixelrnn.data.Datasets} opens one by its name, for instance {@code
 * mnist:DIR}. Then read {@link org.pixelrnn.data.TrainingBatches} and {@link
 * org.pixelrnn.data.EvaluationImages}. They turn the values into the levels of a model, for
 * training and for measuring a likelihood. {@link org.pixelrnn.data.Prefetch} decodes batches in
 * the background. {@link org.pixelrnn.data.IndependentPixels} is the simplest model of the images,
 * the one to beat.
 *
 * <p>Random numbers depend only on a key, (seed, epoch, index) for instance, and never on what was
 * read before. So a resumed run sees the batches that an uninterrupted run would have seen.
 */
package org.pixelrnn.data;
