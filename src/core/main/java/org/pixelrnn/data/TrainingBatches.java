package org.pixelrnn.data;

import com.google.common.base.Preconditions;
import com.google.common.primitives.ImmutableIntArray;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.DataConfig;

/**
 * The training batches of a data set. Each epoch shows all training images once, in a new random
 * order. The epochs follow one another in one endless sequence, and step s sees positions {@code
 * s·b .. (s+1)·b - 1} of it, where b is the batch size:
 *
 * <pre>
 *   epoch   0  0  0  0  0  1  1  1  1  1  2  2  ...   (5 images)
 *   image   3  0  4  1  2  2  4  1  3  0  0  3  ...
 *   step    0  0  0  0  1  1  1  1  2  2  2  2  ...   (b = 4)
 * </pre>
 *
 * <p>So every batch is full, no image appears twice in an epoch, and a batch depends on (seed,
 * step) alone: a resumed run continues with the batches that it would have seen.
 *
 * <p>Methods may be called from several threads at once.
 */
public final class TrainingBatches {
  private static final long ORDER = 1;
  private static final long LEVELS = 2;
  private static final long FLIP = 3;

  private final ImageDataset data;
  private final Discretisation discretisation;
  private final int batchSize;
  private final boolean flips;
  private final long seed;
  private final int size;

  /** The order that was used last. Steps ask for the same one many times. */
  private volatile Order latest;

  /**
   * Batches of a data set's training images, as a model's levels.
   *
   * @param model the shape of the model's images
   * @param config how values become levels; {@code horizontal_flip} mirrors half of the images
   * @param batchSize images in each batch, at least 1
   * @param seed the seed of all random numbers: order, binarisation, mirroring
   * @throws InputException if the model's height, width or channels differ from the data's, or if
   *     there are no training images
   */
  public TrainingBatches(
      ImageDataset data, ImageShape model, DataConfig config, int batchSize, long seed) {
    if (batchSize < 1) {
      throw new IllegalArgumentException(
          "batchSize = " + batchSize + ", but it must be at least 1");
    }
    this.data = data;
    this.discretisation = new Discretisation(data, model, config);
    this.batchSize = batchSize;
    this.flips = config.getHorizontalFlip();
    this.seed = seed;
    this.size = data.size(Split.TRAIN);
    if (size == 0) {
      throw new InputException(
          "data " + data.name() + ": there are no training images, expected at least one");
    }
    this.latest = Order.of(0, size, seed);
  }

  /**
   * The batch of a step: {@code batchSize} images of the model's shape.
   *
   * @param step from 0
   */
  public Images batch(long step) {
    return batch(step, 0, batchSize);
  }

  /**
   * A part of the batch of a step, for one of several workers.
   *
   * @param step from 0
   * @param from the first image of the part, counted from 0
   * @param to the image after the last one, at most the batch size
   */
  public Images batch(long step, int from, int to) {
    Preconditions.checkPositionIndexes(from, to, batchSize);
    ImageShape shape = discretisation.shape();
    byte[] levels = new byte[Math.multiplyExact(to - from, shape.dimensions())];
    byte[] values = new byte[shape.dimensions()];
    for (int i = 0; i < to - from; i++) {
      long position = Math.addExact(Math.multiplyExact(step, batchSize), from + i);
      long epoch = position / size;
      int index = order(epoch).images().get((int) (position % size));
      data.read(Split.TRAIN, epoch, index, values);
      if (flips && new KeyedRandom(seed, FLIP, epoch, index).nextInt(2) == 1) {
        mirror(values, shape);
      }
      discretisation.apply(values, levels, i * values.length, seed, LEVELS, epoch, index);
    }
    return Images.of(shape, levels);
  }

  /**
   * Mirrors an image left to right. Its values are laid out {@code [height, width, channels]}, and
   * the channels of a pixel keep their order.
   */
  private static void mirror(byte[] values, ImageShape shape) {
    byte[] pixel = new byte[shape.channels()];
    for (int row = 0; row < shape.height(); row++) {
      int left = row * shape.width() * pixel.length;
      int right = left + (shape.width() - 1) * pixel.length;
      for (; left < right; left += pixel.length, right -= pixel.length) {
        System.arraycopy(values, left, pixel, 0, pixel.length);
        System.arraycopy(values, right, values, left, pixel.length);
        System.arraycopy(pixel, 0, values, right, pixel.length);
      }
    }
  }

  /** The number of steps in an epoch, rounded up. */
  public long stepsPerEpoch() {
    return (size + batchSize - 1L) / batchSize;
  }

  private Order order(long epoch) {
    Order order = latest;
    if (order.epoch() != epoch) {
      order = Order.of(epoch, size, seed);
      latest = order;
    }
    return order;
  }

  /** The order of the images in an epoch. Neighbouring steps share it. */
  private record Order(long epoch, ImmutableIntArray images) {

    /** A uniformly random order: Fisher and Yates' shuffle, in its "inside-out" form. */
    static Order of(long epoch, int size, long seed) {
      KeyedRandom random = new KeyedRandom(seed, ORDER, epoch);
      int[] images = new int[size];
      for (int i = 0; i < size; i++) {
        int j = random.nextInt(i + 1);
        images[i] = images[j];
        images[j] = i;
      }
      return new Order(epoch, ImmutableIntArray.copyOf(images));
    }
  }
}
