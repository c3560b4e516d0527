package org.pixelrnn.sampler;

import com.google.common.math.IntMath;
import java.math.RoundingMode;
import java.util.stream.IntStream;
import org.pixelrnn.image.ImageShape;

/**
 * One piece of a large request for samples, small enough for memory. The pieces depend on the shape
 * of the images and on nothing else, so that a seed gives the same images on every machine:
 *
 * <pre>
 *   images of 28×28×1 of 2 levels, 2500 of them
 *
 *   piece 0   images 0 … 999       seed S, so that a small request is one piece
 *   piece 1   images 1000 … 1999   a seed made of S and 1
 *   piece 2   images 2000 … 2499   a seed made of S and 2
 * </pre>
 *
 * <p>The first images of a large request are those of a smaller one.
 *
 * @param number the number of the piece, from 0
 * @param from the number of its first image in the whole request
 * @param count the number of its images, at least 1
 */
public record SamplePiece(int number, int from, int count) {
  /** Memory grows with the logits of the images. This many take 1 GiB. */
  private static final long MOST_LOGITS = 1L << 28;

  private static final int MOST_IMAGES = 1000;

  /** The constants of SplitMix64. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private static final long FIRST = 0xBF58476D1CE4E5B9L;
  private static final long SECOND = 0x94D049BB133111EBL;

  /** The most images of a piece. */
  public static int size(ImageShape shape) {
    return (int) Math.max(1, Math.min(MOST_IMAGES, MOST_LOGITS / shape.logits()));
  }

  /** The pieces of a request for {@code count} images, in order. */
  public static Iterable<SamplePiece> of(ImageShape shape, int count) {
    int size = size(shape);
    return () ->
        IntStream.range(0, IntMath.divide(count, size, RoundingMode.CEILING))
            .mapToObj(i -> new SamplePiece(i, i * size, Math.min(size, count - i * size)))
            .iterator();
  }

  /**
   * The seed of this piece: that of the request for piece 0, else the {@link #number}-th output of
   * SplitMix64 with that seed.
   */
  public long seed(long ofRequest) {
    if (number == 0) {
      return ofRequest;
    }
    long mixed = ofRequest + number * GOLDEN;
    mixed = (mixed ^ mixed >>> 30) * FIRST;
    mixed = (mixed ^ mixed >>> 27) * SECOND;
    return mixed ^ mixed >>> 31;
  }
}
