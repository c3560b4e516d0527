/**
 * Exact likelihoods of a data set under an exported model.
 *
 * <pre>{@code
 * try (Sampler sampler = Sampler.open(Path.of("savedmodels/mnist-pixelcnn"));
 *     ImageDataset data = Datasets.open("mnist:data/mnist", sampler.dataConfig(), sampler.shape())) {
 *   Likelihood measured = Evaluation.of(sampler, data).split(Split.TEST).measure();
 * }
 * }</pre>
 *
 * <p>Start at {@link org.pixelrnn.evaluate.Evaluation}, which goes through the images. {@link
 * org.pixelrnn.evaluate.LikelihoodMean} adds up their log-likelihoods; training uses it for
 * validation too. {@link org.pixelrnn.evaluate.Ranking} has a score for each image, and finds the
 * odd ones.
 */
package org.pixelrnn.evaluate;
