package org.pixelrnn.cli;

import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;

/**
 * One sub-pixel of an image.
 *
 * @param row from the top, counted from 0, as all three are
 * @param shape of the image
 */
record SubPixel(int row, int column, int channel, ImageShape shape) {

  /** The sub-pixel {@code r,c,channel}; throws {@link InputException} if an image has none such. */
  static SubPixel parse(String text, ImageShape shape) {
    int[] numbers =
        Coordinates.parse(
            "--softmax",
            text,
            "row, column and channel",
            shape.height(),
            shape.width(),
            shape.channels());
    return new SubPixel(numbers[0], numbers[1], numbers[2], shape);
  }

  /**
   * The softmax of its logits.
   *
   * @param logits of one image, {@code [height, width, channels, levels]}
   * @return {@code [levels]}
   */
  double[] distribution(float[] logits) {
    int at = ((row * shape.width() + column) * shape.channels() + channel) * shape.levels();
    double[] probabilities = new double[shape.levels()];
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < probabilities.length; k++) {
      largest = Math.max(largest, logits[at + k]);
    }
    double sum = 0;
    for (int k = 0; k < probabilities.length; k++) {
      probabilities[k] = Math.exp(logits[at + k] - largest);
      sum += probabilities[k];
    }
    for (int k = 0; k < probabilities.length; k++) {
      probabilities[k] /= sum;
    }
    return probabilities;
  }

  @Override
  public String toString() {
    return "row " + row + ", column " + column + ", channel " + channel;
  }
}
