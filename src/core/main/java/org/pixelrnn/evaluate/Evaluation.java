package org.pixelrnn.evaluate;

import com.google.common.base.Preconditions;
import java.util.Locale;
import org.pixelrnn.data.EvaluationImages;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.Split;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.sampler.LikelihoodBatch;
import org.pixelrnn.sampler.Sampler;

/**
 * Measures the exact negative log-likelihood of a data set under an exported model.
 *
 * <pre>{@code
 * try (Sampler sampler = Sampler.open(Path.of("savedmodels/mnist-pixelcnn"));
 *     ImageDataset data = Datasets.open("mnist:data/mnist", sampler.dataConfig(), sampler.shape())) {
 *   Likelihood measured = Evaluation.of(sampler, data).split(Split.TEST).limit(1000).measure();
 *   System.out.println(measured.getNatsPerImage() + " nats per image");
 * }
 * }</pre>
 *
 * <p>An evaluation is immutable: {@link #split}, {@link #limit} and {@link #listener} return a
 * changed copy. Without them it measures all images of the test split.
 *
 * <p>A multi-scale model that samples every pixel twice ({@code draw_every_pixel}, section 3.6 of
 * the paper) has no exact likelihood. What is measured then is an upper bound of {@code -log p(x)},
 * and {@link Likelihood#getBound} is true.
 */
public final class Evaluation {
  private final Sampler sampler;
  private final ImageDataset data;
  private final Split split;
  private final long limit;
  private final EvaluationListener listener;

  private Evaluation(
      Sampler sampler, ImageDataset data, Split split, long limit, EvaluationListener listener) {
    this.sampler = sampler;
    this.data = data;
    this.split = split;
    this.limit = limit;
    this.listener = listener;
  }

  /**
   * An evaluation of the whole test split. The caller closes both arguments after {@link #measure}.
   *
   * @param data pictures of the model's height, width and channels. They become levels as the
   *     model's training data did, binary ones from one fixed seed: two models of two levels see
   *     the same binary images.
   */
  public static Evaluation of(Sampler sampler, ImageDataset data) {
    return new Evaluation(
        Preconditions.checkNotNull(sampler),
        Preconditions.checkNotNull(data),
        Split.TEST,
        0,
        (done, total) -> {});
  }

  /** The same evaluation of another split. */
  public Evaluation split(Split other) {
    return new Evaluation(sampler, data, Preconditions.checkNotNull(other), limit, listener);
  }

  /**
   * The same evaluation of the first images only.
   *
   * @param images 0 for all
   * @throws IllegalArgumentException if {@code images} is negative
   */
  public Evaluation limit(long images) {
    Preconditions.checkArgument(images >= 0, "limit = %s; expected at least 0", images);
    return new Evaluation(sampler, data, split, images, listener);
  }

  /** The same evaluation with a listener in place of any earlier one. */
  public Evaluation listener(EvaluationListener other) {
    return new Evaluation(sampler, data, split, limit, Preconditions.checkNotNull(other));
  }

  /**
   * The number of images that {@link #measure} goes through.
   *
   * @throws InputException if the images do not fit the model
   */
  public int count() {
    return batches().count();
  }

  /**
   * Goes once through the images, in batches of {@link LikelihoodBatch}.
   *
   * @return the mean over all images. Of a model in colour it has the bits per dimension of each
   *     channel too, unless it is a bound
   * @throws InputException if the split has no images, or the images do not fit the model or cannot
   *     be read
   */
  public Likelihood measure() {
    EvaluationImages batches = batches();
    if (batches.count() == 0) {
      throw new InputException(
          "data " + data.name() + ": there are no images in the split " + name(split));
    }
    boolean bound = !sampler.isExact();
    // A bound is not a sum over logits, so its channels cannot be told apart.
    boolean byChannel = sampler.shape().channels() > 1 && !bound;
    LikelihoodMean mean =
        byChannel ? LikelihoodMean.byChannel(sampler.shape()) : LikelihoodMean.of(sampler.shape());
    int done = 0;
    for (Images batch : batches) {
      mean.add(byChannel ? sampler.logProbByChannel(batch) : sampler.logProb(batch));
      done += batch.count();
      listener.measured(done, batches.count());
    }
    Likelihood.Builder measured = mean.likelihood().toBuilder().setSplit(name(split));
    return bound ? measured.setBound(true).build() : measured.build();
  }

  private EvaluationImages batches() {
    return new EvaluationImages(
        data,
        split,
        sampler.shape(),
        sampler.dataConfig(),
        LikelihoodBatch.size(sampler.shape()),
        limit);
  }

  private static String name(Split split) {
    return split.name().toLowerCase(Locale.ROOT);
  }
}
