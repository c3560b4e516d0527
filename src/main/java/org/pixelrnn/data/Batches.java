package org.pixelrnn.data;

import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.DataConfig;

/**
 * The training batches: step s sees positions {@code s·b .. (s+1)·b - 1} of the endless sequence
 * that each epoch continues with all training images in an order of its own. So every batch is
 * full, no image comes twice in an epoch, and a batch is a function of (seed, step) alone: a
 * resumed run goes on with the very batches it would have seen.
 *
 * <p>Safe from several threads.
 */
public final class Batches {
  private static final long ORDER = 1;
  private static final long LEVELS = 2;
  private static final long FLIP = 3;

  private final ImageDataset data;
  private final Discretisation discretisation;
  private final int batchSize;
  private final boolean flips;
  private final long seed;
  private final int size;
  private volatile Order latest;

  /**
   * Batches of a data set's training split for a model.
   *
   * @throws InputException if the model's height, width or channels are not the data's, or there
   *     are no training images
   */
  public Batches(ImageDataset data, ImageShape model, DataConfig config, int batchSize, long seed) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batchSize = " + batchSize + ", but it is at least 1");
    }
    this.data = data;
    this.discretisation = new Discretisation(data, model, config);
    this.batchSize = batchSize;
    this.flips = config.getHorizontalFlip();
    this.seed = seed;
    this.size = data.size(Split.TRAIN);
    if (size == 0) {
      throw new InputException("data " + data.name() + ": there are no training images");
    }
    this.latest = order(0);
  }

  /** The batch of a step, {@code batchSize} images as levels; steps count from 0. */
  public Images batch(long step) {
    ImageShape shape = discretisation.shape();
    byte[] levels = new byte[Math.multiplyExact(batchSize, shape.dimensions())];
    byte[] values = new byte[shape.dimensions()];
    for (int i = 0; i < batchSize; i++) {
      long position = Math.addExact(Math.multiplyExact(step, batchSize), i);
      long epoch = position / size;
      int index = order(epoch).indices[(int) (position % size)];
      data.read(Split.TRAIN, epoch, index, values);
      if (flips && new SplitMix(seed, FLIP, epoch, index).nextInt(2) == 1) {
        mirror(values, shape);
      }
      discretisation.apply(values, levels, i * values.length, seed, LEVELS, epoch, index);
    }
    return Images.of(shape, levels);
  }

  /**
   * Turns each row around, {@code [height, width, channels]}; a pixel's channels keep their order.
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

  /** Steps that it takes to see as many images as an epoch has, rounded up. */
  public long stepsPerEpoch() {
    return (size + batchSize - 1L) / batchSize;
  }

  private Order order(long epoch) {
    Order known = latest;
    if (known == null || known.epoch != epoch) {
      known = new Order(epoch, permutation(size, new SplitMix(seed, ORDER, epoch)));
      latest = known;
    }
    return known;
  }

  /** A uniformly random order of {@code 0..size-1} (Fisher and Yates, inside out). */
  private static int[] permutation(int size, SplitMix random) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** An epoch's order of the images; neighbouring steps share it. */
  private static final class Order {
    private final long epoch;
    private final int[] indices;

    Order(long epoch, int[] indices) {
      this.epoch = epoch;
      this.indices = indices;
    }
  }
}
