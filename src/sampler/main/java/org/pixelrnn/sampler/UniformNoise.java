package org.pixelrnn.sampler;

import com.google.common.base.Preconditions;
import org.pixelrnn.image.ImageShape;

/**
 * The uniform random numbers that a seed gives, for the signature {@code next_row_with_noise}. With
 * these numbers it samples the images that {@code sample} gives for that seed. They are computed
 * here without TensorFlow.
 *
 * <p>Each sub-pixel needs a number for each level. A row is divided into blocks of columns, as many
 * columns as the exported model says; block b of row r is block {@code r · blocks + b} of the
 * image. Each block has a stream of numbers, in which the images of a request follow one another:
 *
 * <pre>
 *   stream of a block    image 0              image 1
 *                        ┌──────────────────┬──────────────────┬───
 *                        │ column, channel, │ column, channel, │ …
 *                        │ level, padding   │ level, padding   │
 *                        └──────────────────┴──────────────────┴───
 * </pre>
 *
 * <p>The numbers of an image are padded to a multiple of 4, because the generator makes 4 at a
 * time. It is Philox4x32-10 (Salmon et al., <i>Parallel random numbers: as easy as 1, 2, 3</i>,
 * 2011), as in TensorFlow's stateless random operations. It maps a key of two 32-bit words and a
 * counter of four to four words:
 *
 * <pre>
 *   m    = philox(key (0x3EC8F720, 0x02461E29), counter (seed, block of the image))
 *   x    = philox(key (m0, m1), counter (index of the number / 4, m2, m3))
 *   u    = (x[index mod 4] mod 2^23) / 2^23, or the least normal float in place of 0
 * </pre>
 *
 * <p>A 64-bit number takes two words, the lower half first. Instances may be used by several
 * threads.
 */
public final class UniformNoise {
  /** The collection of an exported graph that holds the number of columns of a block. */
  public static final String BLOCK_COLUMNS = "noise_block_columns";

  /**
   * The small images of a multi-scale model have the seed of the large images, with these bits
   * flipped: {@code seed ^ SMALL_IMAGES}.
   */
  public static final long SMALL_IMAGES = 0x736D616C6CL;

  private static final int KEY_0 = 0x3EC8F720;
  private static final int KEY_1 = 0x02461E29;

  /** Philox's increments of the key, and its multipliers. */
  private static final int WEYL_0 = 0x9E3779B9;

  private static final int WEYL_1 = 0xBB67AE85;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int ROUNDS = 10;

  private static final long LOW = 0xFFFFFFFFL;
  private static final int MANTISSA = 0x7FFFFF;
  private static final float STEP = 0x1p-23f;

  private final ImageShape shape;
  private final int blocks;
  private final int numbersOfBlock;
  private final long countsOfImage;
  private final long seed;

  /**
   * The numbers of a seed.
   *
   * @param shape the shape of the images
   * @param blockColumns the number of columns of a block, a divisor of the width
   * @param seed the seed
   * @throws IllegalArgumentException if {@code blockColumns} does not divide the width
   */
  public UniformNoise(ImageShape shape, int blockColumns, long seed) {
    Preconditions.checkArgument(
        blockColumns > 0 && shape.width() % blockColumns == 0,
        "blocks of %s columns for a width of %s; expected a divisor",
        blockColumns,
        shape.width());
    this.shape = shape;
    this.blocks = shape.width() / blockColumns;
    this.numbersOfBlock = Math.multiplyExact(blockColumns * shape.channels(), shape.levels());
    this.countsOfImage = (numbersOfBlock + 3L) / 4;
    this.seed = seed;
  }

  /** The number of numbers of one row of an image: {@code width · channels · levels}. */
  public int size() {
    return blocks * numbersOfBlock;
  }

  /**
   * Computes the numbers of one row of an image, in (0, 1).
   *
   * @param image the index of the image in its request, from 0
   * @param row the number of the row, from 0 at the top
   * @param into where the numbers go, {@code [width, channels, levels]}
   * @param from the index of the first number in {@code into}
   * @throws IndexOutOfBoundsException if the image has no such row, if {@code image} is negative,
   *     or if {@code into} has too few numbers after {@code from}
   */
  public void row(int image, int row, float[] into, int from) {
    Preconditions.checkElementIndex(image, Integer.MAX_VALUE, "image");
    Preconditions.checkElementIndex(row, shape.height(), "row");
    Preconditions.checkPositionIndexes(from, from + size(), into.length);
    int[] words = new int[4];
    for (int block = 0; block < blocks; block++) {
      philox(words, KEY_0, KEY_1, seed, (long) row * blocks + block);
      int key0 = words[0];
      int key1 = words[1];
      long upper = (words[2] & LOW) | ((long) words[3] << 32);
      int at = from + block * numbersOfBlock;
      for (int i = 0; i < numbersOfBlock; i += 4) {
        philox(words, key0, key1, image * countsOfImage + i / 4, upper);
        for (int j = i; j < Math.min(i + 4, numbersOfBlock); j++) {
          into[at + j] = Math.max((words[j - i] & MANTISSA) * STEP, Float.MIN_NORMAL);
        }
      }
    }
  }

  /**
   * Philox4x32-10.
   *
   * @param words where its four words go
   * @param lower the lower half of the counter
   * @param upper the upper half of the counter
   */
  private static void philox(int[] words, int key0, int key1, long lower, long upper) {
    int c0 = (int) lower;
    int c1 = (int) (lower >>> 32);
    int c2 = (int) upper;
    int c3 = (int) (upper >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = (c0 & LOW) * MULTIPLIER_0;
      long product1 = (c2 & LOW) * MULTIPLIER_1;
      c0 = (int) (product1 >>> 32) ^ c1 ^ key0;
      c1 = (int) product1;
      c2 = (int) (product0 >>> 32) ^ c3 ^ key1;
      c3 = (int) product0;
      key0 += WEYL_0;
      key1 += WEYL_1;
    }
    words[0] = c0;
    words[1] = c1;
    words[2] = c2;
    words[3] = c3;
  }
}
