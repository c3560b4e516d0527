package org.pixelrnn.model.scan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The pixels of an image in the order of a wavefront: diagonal by diagonal, and from the top of
 * each diagonal down. Diagonal d holds the pixels with {@code row + column = d}. The position of
 * each pixel in this order, in an image of 3×4 pixels:
 *
 * <pre>
 *    0   1   3   6        diagonal 0:   0
 *    2   4   7   9        diagonal 1:   1   2
 *    5   8  10  11        diagonal 2:   3   4   5
 *                         diagonal 3:   6   7   8
 *                         diagonal 4:   9  10
 *                         diagonal 5:  11
 * </pre>
 *
 * <p>The left and upper neighbours of all pixels of a diagonal lie in the diagonal before it, so a
 * recurrence computes a whole diagonal in one step. A diagonal is contiguous in memory. The paper's
 * skewed map (section 3.2) has the same steps, but half of its columns are padding.
 *
 * @param height the number of rows of the image
 * @param width the number of columns of the image
 */
record Diagonals(int height, int width) {

  /** The number of diagonals. */
  int count() {
    return height + width - 1;
  }

  /** The number of pixels. */
  int pixels() {
    return height * width;
  }

  /** The row of the uppermost pixel of a diagonal. */
  int top(int diagonal) {
    return Math.max(0, diagonal - width + 1);
  }

  /** The number of pixels of a diagonal. */
  int length(int diagonal) {
    return Math.min(diagonal, height - 1) - top(diagonal) + 1;
  }

  /** The number of pixels of each diagonal, {@code [count]}. */
  int[] lengths() {
    return IntStream.range(0, count()).map(this::length).toArray();
  }

  /**
   * Divides the pixels into pieces of whole diagonals and of about the same size.
   *
   * @param count the number of pieces, at most the number of diagonals; one and two pieces are
   *     never empty
   * @return the number of pixels in each piece
   */
  int[] pieces(int count) {
    int[] pieces = new int[count];
    int position = 0;
    for (int length : lengths()) {
      // A diagonal belongs to the piece in which its middle lies.
      pieces[(int) ((2L * position + length) * count / (2L * pixels()))] += length;
      position += length;
    }
    return pieces;
  }

  /** The number of pixels in each of two pieces, or in one piece if there is only one diagonal. */
  int[] halves() {
    return pieces(Math.min(2, count()));
  }

  /** True if the uppermost pixel of a diagonal is in the first row: no pixel is above it. */
  boolean beginsAtTop(int diagonal) {
    return diagonal < width;
  }

  /** True if the lowest pixel of a diagonal is in the first column: no pixel is left of it. */
  boolean endsAtLeft(int diagonal) {
    return diagonal < height;
  }

  /** The position of a pixel in the order of diagonals, from 0. */
  int position(int row, int column) {
    int diagonal = row + column;
    int before = IntStream.range(0, diagonal).map(this::length).sum();
    return before + row - top(diagonal);
  }

  /** The values of a function at all pixels, in the order of diagonals, {@code [pixels]}. */
  int[] inOrder(PixelFunction function) {
    int[] values = new int[pixels()];
    int position = 0;
    for (int diagonal = 0; diagonal < count(); diagonal++) {
      for (int row = top(diagonal); row < top(diagonal) + length(diagonal); row++) {
        values[position++] = function.at(row, diagonal - row);
      }
    }
    return values;
  }

  /**
   * Cuts an array into consecutive pieces.
   *
   * @param values one for each pixel
   * @param sizes the number of pixels of each piece
   */
  static List<int[]> cut(int[] values, int... sizes) {
    List<int[]> pieces = new ArrayList<>();
    int from = 0;
    for (int size : sizes) {
      pieces.add(Arrays.copyOfRange(values, from, from + size));
      from += size;
    }
    return pieces;
  }

  /** A function from pixels to numbers. */
  @FunctionalInterface
  interface PixelFunction {
    int at(int row, int column);
  }
}
