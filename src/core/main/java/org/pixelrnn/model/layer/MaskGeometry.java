package org.pixelrnn.model.layer;

import org.pixelrnn.model.layer.MaskedConvolution.Features;

/**
 * The taps of a {@link MaskedConvolution} and the inputs that they show. The kernel has no rows
 * below the centre. Taps are in raster order; an input is one feature at one tap.
 *
 * <pre>
 *   t  t  t  t  t        a 5×5 convolution: rows = 3, columns = 5
 *   t  t  t  t  t        t  before the centre: all features are visible
 *   t  t  c  0  0        c  the centre: the mask's channel groups    0  masked
 * </pre>
 *
 * @param rows the number of rows; the last one is the centre's row
 * @param columns the number of columns, odd; the centre is in the middle
 */
record MaskGeometry(Mask mask, int rows, int columns, Features features) {

  /** The number of columns right of the centre in the rows above. */
  int rightReach() {
    return columns / 2;
  }

  /** The number of inputs at all taps before the centre. */
  int inputsBeforeCentre() {
    return ((rows - 1) * columns + columns / 2) * features.in();
  }

  /** The number of inputs at the centre that a group of the output sees. */
  int inputsAtCentre(int group) {
    return mask.visibleGroups(group) * (features.in() / features.channels());
  }

  /**
   * True if the rows above are one convolution before the first pixel of a row. With a single row
   * above, the overhead of that convolution is larger than what it saves.
   */
  boolean rowsAboveAtOnce() {
    return rows > 2;
  }

  /**
   * The number of inputs before the centre that are taken pixel by pixel. These are the inputs of
   * all taps before the centre; or, if the rows above are taken at once, those of the taps left of
   * the centre, and of the taps on the right in the row above. The latter may be in the next lane.
   */
  int inputsAlongRow() {
    return rowsAboveAtOnce() ? 2 * rightReach() * features.in() : inputsBeforeCentre();
  }

  /** The channel group of each input feature, {@code [in, 1]}. */
  int[][] groupsOfInputs() {
    int[][] groups = new int[features.in()][1];
    for (int i = 0; i < features.in(); i++) {
      groups[i][0] = Mask.groupOf(i, features.in(), features.channels(), 1);
    }
    return groups;
  }

  /**
   * The number of groups of the input that each output feature sees at each tap, {@code [rows,
   * columns, 1, out]}.
   */
  int[][][][] visibleGroups() {
    int channels = features.channels();
    int[][][][] visible = new int[rows][columns][1][features.out()];
    for (int tap = 0; tap < rows * columns; tap++) {
      int afterCentre = tap - ((rows - 1) * columns + columns / 2);
      for (int o = 0; o < features.out(); o++) {
        visible[tap / columns][tap % columns][0][o] =
            afterCentre < 0 ? channels : afterCentre > 0 ? 0 : mask.visibleGroups(groupOf(o));
      }
    }
    return visible;
  }

  /**
   * The standard deviation of each output feature's initial kernel, {@code [out]}: He
   * initialisation over the inputs that the mask leaves visible.
   *
   * @param gain the initial variance of the output, divided by the mean square of the input
   */
  float[] deviations(double gain) {
    float[] deviations = new float[features.out()];
    for (int o = 0; o < features.out(); o++) {
      int inputs = inputsBeforeCentre() + inputsAtCentre(groupOf(o));
      deviations[o] = (float) Math.sqrt(gain / Math.max(1, inputs));
    }
    return deviations;
  }

  private int groupOf(int output) {
    return Mask.groupOf(output, features.out(), features.channels(), features.sections());
  }
}
