/**
 * Images out of an exported model. This package knows the signatures of a SavedModel, not the
 * networks behind them.
 *
 * <p>Start at {@link org.pixelrnn.sampler.Sampler}: it opens a model, samples, completes and
 * computes likelihoods. {@link org.pixelrnn.sampler.SamplerBuilder} opens it warmed up, or with a
 * number of threads. Then read {@link org.pixelrnn.sampler.SampleRequest}, which says what to
 * sample, and {@link org.pixelrnn.sampler.RowStream}, which gives it row by row. {@link
 * org.pixelrnn.sampler.SamplePiece} splits requests that are too large for memory. {@link
 * org.pixelrnn.sampler.SmallImages} belongs to multi-scale models. {@link
 * org.pixelrnn.sampler.ModelFolder} knows the files of an export. {@link
 * org.pixelrnn.sampler.SignatureFunction} calls a signature by name, with TensorFlow's messages.
 *
 * <pre>{@code
 * try (Sampler sampler = Sampler.open(Path.of("savedmodels/mnist-pixelcnn"))) {
 *   // New images. The listener is told of each row, [16, width, channels].
 *   Images digits = sampler.sample(16, 1, 1f, (row, levels) -> System.out.println("row " + row));
 *
 *   // New lower halves for the same images.
 *   ImageShape shape = sampler.shape();
 *   boolean[] known = Occlusion.parse("bottom:0.5").known(shape.height(), shape.width());
 *   Images completed = sampler.complete(digits, known, 2, 1f);
 *
 *   // The log-likelihood of each image, in nats.
 *   float[] logProb = sampler.logProb(completed);
 * }
 * }</pre>
 */
package org.pixelrnn.sampler;
