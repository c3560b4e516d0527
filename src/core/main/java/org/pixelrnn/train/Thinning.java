package org.pixelrnn.train;

/**
 * Chooses the steps of a curve that are written down: every step at first, and ever fewer as the
 * run goes on. With a share of 1/500 two steps are kept only if at least 1/500 of the steps so far
 * lie between them:
 *
 * <pre>
 *   steps        kept
 *      500        500      each
 *   10,000      2,000      at last every 20th
 *   1 million   4,300      at last every 2000th
 * </pre>
 *
 * <p>The number of steps that are kept grows with the logarithm of the number of steps.
 */
final class Thinning {
  private final double share;
  private long last;

  /**
   * Keeps steps at a distance.
   *
   * @param share the least distance of two steps that are kept, as a share of the later one
   */
  Thinning(double share) {
    this.share = share;
    begin();
  }

  /** Begins a curve, or goes on with one: the next step is kept. */
  void begin() {
    last = Long.MIN_VALUE / 2;
  }

  /**
   * True if a step is to be kept.
   *
   * @param step counted from 1; later than in the call before
   */
  boolean keeps(long step) {
    if ((double) step - last < share * step) {
      return false;
    }
    last = step;
    return true;
  }
}
