package org.pixelrnn.cli;

import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;

/**
 * The place of one sub-pixel in an image.
 *
 * @param row from the top, from 0
 * @param column from the left, from 0
 * @param channel from 0
 * @param shape of the image
 */
record SubPixel(int row, int column, int channel, ImageShape shape) {

  /**
   * Parses the value of {@code --softmax}.
   *
   * @param text {@code row,column,channel}
   * @throws InputException if an image of this shape has no such sub-pixel
   */
  static SubPixel parse(String text, ImageShape shape) {
    int[] numbers =
        Coordinates.parse(
            "--softmax",
            text,
            "row,column,channel",
            shape.height(),
            shape.width(),
            shape.channels());
    return new SubPixel(numbers[0], numbers[1], numbers[2], shape);
  }

  /**
   * The distribution of this sub-pixel over its levels: the softmax of its logits.
   *
   * @param logits of one image, {@code [height, width, channels, levels]}
   * @return probabilities, {@code [levels]}
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
