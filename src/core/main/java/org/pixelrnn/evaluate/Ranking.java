package org.pixelrnn.evaluate;

import com.google.common.base.Preconditions;
import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pixelrnn.data.EvaluationImages;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.Split;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.sampler.LikelihoodBatch;
import org.pixelrnn.sampler.Sampler;

/**
 * Orders the images of a data set by their likelihood under an exported model, the least likely
 * first. The first ones are the odd ones: bad scans, inverted pictures, pictures of something else.
 *
 * <pre>{@code
 * try (Sampler sampler = Sampler.open(Path.of("savedmodels/mnist-pixelcnn"));
 *     ImageDataset data = Datasets.open("folder:scans", sampler.dataConfig(), sampler.shape())) {
 *   Ranking ranking = Ranking.of(sampler, data).splits(List.of(Split.values()));
 *   List<ImageScore> oddest = ranking.measure().subList(0, 10);
 *   float[] bits = sampler.pixelBits(ranking.images(oddest)); // [10, height, width]
 * }
 * }</pre>
 *
 * <p>A ranking is immutable: {@link #splits}, {@link #limit} and {@link #listener} return a changed
 * copy. Without them it measures all images of the test split. Images are read in batches, and only
 * their scores are kept.
 */
public final class Ranking {
  private final Sampler sampler;
  private final ImageDataset data;
  private final ImmutableList<Split> splits;
  private final long limit;
  private final EvaluationListener listener;

  private Ranking(
      Sampler sampler,
      ImageDataset data,
      ImmutableList<Split> splits,
      long limit,
      EvaluationListener listener) {
    this.sampler = sampler;
    this.data = data;
    this.splits = splits;
    this.limit = limit;
    this.listener = listener;
  }

  /**
   * A ranking of the whole test split. The caller closes both arguments afterwards.
   *
   * @param data pictures of the model's height, width and channels. They become levels as in {@link
   *     Evaluation#of}
   */
  public static Ranking of(Sampler sampler, ImageDataset data) {
    return new Ranking(
        Preconditions.checkNotNull(sampler),
        Preconditions.checkNotNull(data),
        ImmutableList.of(Split.TEST),
        0,
        (done, total) -> {});
  }

  /** The same ranking of the images of other splits. */
  public Ranking splits(List<Split> others) {
    return new Ranking(sampler, data, ImmutableList.copyOf(others), limit, listener);
  }

  /**
   * The same ranking of the first images only.
   *
   * @param images 0 for all
   * @throws IllegalArgumentException if {@code images} is negative
   */
  public Ranking limit(long images) {
    Preconditions.checkArgument(images >= 0, "limit = %s; expected at least 0", images);
    return new Ranking(sampler, data, splits, images, listener);
  }

  /** The same ranking with a listener in place of any earlier one. */
  public Ranking listener(EvaluationListener other) {
    return new Ranking(sampler, data, splits, limit, Preconditions.checkNotNull(other));
  }

  /** The number of images that {@link #measure} goes through. */
  public int count() {
    long all = splits.stream().mapToLong(data::size).sum();
    return Math.toIntExact(limit == 0 ? all : Math.min(limit, all));
  }

  /**
   * Goes once through the images, in batches of {@link LikelihoodBatch}. A broken picture is left
   * out.
   *
   * @return a score for each image, the least likely image first; images of equal likelihood are in
   *     the order of the data
   * @throws InputException if the splits have no images, or the images do not fit the model or
   *     cannot be read
   */
  public List<ImageScore> measure() {
    int total = count();
    if (total == 0) {
      throw new InputException(
          "data " + data.name() + ": there are no images in the split " + names());
    }
    List<ImageScore> scores = new ArrayList<>(total);
    int done = 0;
    for (Split split : splits) {
      int count = Math.min(data.size(split), total - done);
      if (count > 0) {
        measure(split, count, done, total, scores);
        done += count;
      }
    }
    scores.sort(Comparator.comparingDouble(ImageScore::nats).reversed());
    return scores;
  }

  private void measure(Split split, int count, int before, int total, List<ImageScore> scores) {
    int index = 0;
    for (Images batch : images(split, LikelihoodBatch.size(sampler.shape()), count)) {
      for (float logProb : sampler.logProb(batch)) {
        // If a picture is broken, this is the likelihood of another one.
        Optional<String> name = data.imageName(split, index);
        if (name.isPresent()) {
          double nats = -logProb;
          scores.add(
              new ImageScore(
                  name.get(), split, index, nats, sampler.shape().bitsPerDimension(nats)));
        }
        index++;
      }
      listener.measured(before + index, total);
    }
  }

  /**
   * Reads images again, for instance for {@link Sampler#pixelBits}.
   *
   * @param scores some of the scores that {@link #measure} returned, at least one
   * @return the images that were measured, in the order of {@code scores}
   * @throws InputException if an image cannot be read
   */
  public Images images(List<ImageScore> scores) {
    Map<Split, EvaluationImages> bySplit = new EnumMap<>(Split.class);
    return Images.concat(
        scores.stream()
            .map(
                score ->
                    bySplit
                        .computeIfAbsent(score.split(), split -> images(split, 1, 0))
                        .batch(score.index()))
            .toList());
  }

  private EvaluationImages images(Split split, int batchSize, int count) {
    return new EvaluationImages(
        data, split, sampler.shape(), sampler.dataConfig(), batchSize, count);
  }

  private String names() {
    return splits.stream()
        .map(split -> split.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }
}
