package org.pixelrnn.data;

import com.google.common.collect.Iterators;
import java.util.Iterator;
import java.util.stream.LongStream;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.DataConfig;

/**
 * The images of a split in order, in batches. They are binarised with one fixed seed, so that every
 * run and every model is measured on the same images.
 */
public final class EvaluationImages implements Iterable<Images> {
  /** Independent of the seed of training: likelihoods of different networks can be compared. */
  private static final long SEED = 0x5EED;

  private final ImageDataset data;
  private final Split split;
  private final Discretisation discretisation;
  private final int batchSize;
  private final int count;

  /**
   * The first images of a split, as a model's levels.
   *
   * @param model the shape of the model's images
   * @param config how values become levels
   * @param batchSize images in each batch, at least 1; the last batch may have fewer
   * @param limit the number of images; 0 means all of them
   * @throws org.pixelrnn.image.InputException if the model's height, width or channels differ from
   *     the data's
   */
  public EvaluationImages(
      ImageDataset data,
      Split split,
      ImageShape model,
      DataConfig config,
      int batchSize,
      long limit) {
    if (batchSize < 1 || limit < 0) {
      throw new IllegalArgumentException(
          "batchSize = " + batchSize + ", limit = " + limit + ", expected at least 1 and 0");
    }
    this.data = data;
    this.split = split;
    this.discretisation = new Discretisation(data, model, config);
    this.batchSize = batchSize;
    this.count = (int) (limit == 0 ? data.size(split) : Math.min(limit, data.size(split)));
  }

  /** The number of images in all batches. */
  public int count() {
    return count;
  }

  /** The number of batches. */
  public int batches() {
    return (int) ((count + batchSize - 1L) / batchSize);
  }

  /**
   * One batch.
   *
   * @param number {@code 0 .. batches() - 1}
   */
  public Images batch(long number) {
    int first = Math.toIntExact(number * batchSize);
    int images = Math.min(batchSize, count - first);
    ImageShape shape = discretisation.shape();
    byte[] levels = new byte[Math.multiplyExact(images, shape.dimensions())];
    byte[] values = new byte[shape.dimensions()];
    for (int i = 0; i < images; i++) {
      data.read(split, 0, first + i, values);
      discretisation.apply(values, levels, i * values.length, SEED, split.key(), first + i);
    }
    return Images.of(shape, levels);
  }

  /** All batches in order. */
  @Override
  public Iterator<Images> iterator() {
    return Iterators.transform(LongStream.range(0, batches()).iterator(), this::batch);
  }
}
