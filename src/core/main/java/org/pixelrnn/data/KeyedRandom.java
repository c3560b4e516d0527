package org.pixelrnn.data;

/**
 * Random numbers that depend only on a key: SplitMix64 (Steele, Lea and Flood, 2014), started at a
 * hash of the key's parts.
 *
 * <p>The numbers are the same in every version of Java. A new instance for each image costs little.
 */
final class KeyedRandom {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long state;

  /** The sequence of a key, for instance (seed, epoch, index). */
  KeyedRandom(long... key) {
    for (long part : key) {
      state = mix(state + GOLDEN) ^ part;
    }
    state = mix(state);
  }

  /** Uniform over all 64-bit numbers. */
  long nextLong() {
    state += GOLDEN;
    return mix(state);
  }

  /** Uniform in {@code [0, 1)}, a multiple of 2⁻⁵³. */
  double nextDouble() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  /** Uniform in {@code [low, high)}. */
  double uniform(double low, double high) {
    return low + (high - low) * nextDouble();
  }

  /** Uniform in {@code 0 .. bound - 1}; its bias is below bound / 2⁵³. */
  int nextInt(int bound) {
    return (int) (nextDouble() * bound);
  }

  /** Normal with mean 0 and standard deviation 1 (Box and Muller). */
  double gaussian() {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
    return radius * StrictMath.cos(2 * Math.PI * nextDouble());
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
