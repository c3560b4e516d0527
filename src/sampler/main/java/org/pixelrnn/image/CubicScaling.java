package org.pixelrnn.image;

/**
 * Scales one side of a picture by cubic convolution (Keys, a = -1/2). New sample r lies at pixel
 * {@code (r + 1/2) step - 1/2}, where {@code step} is the number of pixels for each new sample. The
 * kernel is wider by that factor if the picture shrinks. A new sample is
 *
 * <pre>
 *   Σ_s weight(r, s) · sample s,
 *   weight(r, s) ~ Σ_{pixels p of s} cubic((p - centre(r)) / max(1, step)),   Σ_s weight(r, s) = 1
 * </pre>
 */
final class CubicScaling {
  private final PictureSide side;
  private final double step;
  private final double reach;
  private final int[] first;
  private final int[] last;
  private final double[] total;

  /** Scales a side to {@code wanted} samples. */
  CubicScaling(PictureSide side, int wanted) {
    this.side = side;
    this.step = (double) side.pixels() / wanted;
    this.reach = Math.max(1, step);
    this.first = new int[wanted];
    this.last = new int[wanted];
    this.total = new double[wanted];
    for (int r = 0; r < wanted; r++) {
      int from = Math.max(0, (int) Math.ceil(centre(r) - 2 * reach));
      int to = Math.min(side.pixels() - 1, (int) Math.floor(centre(r) + 2 * reach));
      first[r] = side.sampleOf(from);
      last[r] = side.sampleOf(to);
      for (int pixel = from; pixel <= to; pixel++) {
        total[r] += cubic((pixel - centre(r)) / reach);
      }
    }
  }

  /** The first sample that counts for new sample r. It never falls as r grows. */
  int first(int r) {
    return first[r];
  }

  /** The last sample that counts for new sample r. It never falls as r grows. */
  int last(int r) {
    return last[r];
  }

  /** How much a sample counts for new sample r. */
  float weight(int r, int sample) {
    double sum = 0;
    for (int pixel = side.first(sample); pixel <= side.last(sample); pixel++) {
      sum += cubic((pixel - centre(r)) / reach);
    }
    return (float) (sum / total[r]);
  }

  /** The middle of a new sample, counted in pixels. */
  private double centre(int r) {
    return (r + 0.5) * step - 0.5;
  }

  private static double cubic(double t) {
    double x = Math.abs(t);
    if (x < 1) {
      return (1.5 * x - 2.5) * x * x + 1;
    }
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  }
}
