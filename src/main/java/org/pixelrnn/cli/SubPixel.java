package org.pixelrnn.cli;

import com.google.common.base.Splitter;
import java.util.List;
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
    List<String> parts = Splitter.on(',').trimResults().splitToList(text);
    int[] limits = {shape.height(), shape.width(), shape.channels()};
    int[] numbers = new int[3];
    boolean sound = parts.size() == 3;
    for (int i = 0; sound && i < 3; i++) {
      sound = parts.get(i).matches("[0-9]{1,5}");
      numbers[i] = sound ? Integer.parseInt(parts.get(i)) : 0;
      sound &= numbers[i] < limits[i];
    }
    if (!sound) {
      throw new InputException(
          String.format(
              "--softmax %s: expected row, column and channel, of 0,0,0 to %d,%d,%d",
              text, limits[0] - 1, limits[1] - 1, limits[2] - 1));
    }
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
