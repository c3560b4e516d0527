package org.pixelrnn.model;

import org.pixelrnn.model.MaskedConvolution.Features;

/**
 * What a {@link MaskedConvolution} sees: a square that ends with the centre's row, of which nothing
 * is right of the centre, and of the centre itself what the mask shows.
 *
 * @param rows the last one is the centre's
 * @param columns odd, the centre in the middle
 */
record Taps(Mask mask, int rows, int columns, Features features) {

  /** How many columns to the right of its own a pixel sees of the rows above. */
  int ahead() {
    return columns / 2;
  }

  /** Inputs of all taps before the centre. */
  int before() {
    return ((rows - 1) * columns + columns / 2) * features.in();
  }

  /** Inputs of the centre that a group of the output sees. */
  int atCentre(int group) {
    return mask.groupsSeen(group) * (features.in() / features.channels());
  }

  /**
   * Whether one convolution, before the first pixel of a row, of all that the rows above give is
   * worth its overhead: not if there is one of them.
   */
  boolean seeAboveAtOnce() {
    return rows > 2;
  }

  /**
   * Inputs of the taps before the centre that are seen pixel by pixel: all, or those in the row
   * itself and, as it may be in the lane to the right, in the row above on the right.
   */
  int alongRow() {
    return seeAboveAtOnce() ? 2 * ahead() * features.in() : before();
  }

  /** The channel group of each input feature, {@code [in, 1]}. */
  int[][] groupsOfInputs() {
    int[][] groups = new int[features.in()][1];
    for (int i = 0; i < features.in(); i++) {
      groups[i][0] = Mask.groupOf(i, features.in(), features.channels(), 1);
    }
    return groups;
  }

  /** How many of its input's groups each tap shows, {@code [rows, columns, 1, out]}. */
  int[][][][] groupsSeen() {
    int channels = features.channels();
    int[][][][] seen = new int[rows][columns][1][features.out()];
    for (int tap = 0; tap < rows * columns; tap++) {
      int beyondCentre = tap - ((rows - 1) * columns + columns / 2);
      for (int o = 0; o < features.out(); o++) {
        seen[tap / columns][tap % columns][0][o] =
            beyondCentre < 0 ? channels : beyondCentre > 0 ? 0 : mask.groupsSeen(groupOf(o));
      }
    }
    return seen;
  }

  /**
   * He initialisation, counting for each output feature the taps that its mask leaves, {@code
   * [out]}.
   *
   * @param gain the variance of the output, per mean square of the input
   */
  float[] deviations(double gain) {
    float[] deviations = new float[features.out()];
    for (int o = 0; o < features.out(); o++) {
      int seen = before() + atCentre(groupOf(o));
      deviations[o] = (float) Math.sqrt(gain / Math.max(1, seen));
    }
    return deviations;
  }

  private int groupOf(int output) {
    return Mask.groupOf(output, features.out(), features.channels(), features.sections());
  }
}
