package org.pixelrnn.model.scan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The pixels of an image in the order of a wavefront: by diagonal {@code d = row + column}, from
 * the top of each diagonal down. All left and upper neighbours of a diagonal are in the one before,
 * so that a diagonal is one step; and it is contiguous, where the paper's skewed map (section 3.2)
 * pads half its columns.
 *
 * @param height rows of the image
 * @param width columns of the image
 */
record Diagonals(int height, int width) {

  int count() {
    return height + width - 1;
  }

  int pixels() {
    return height * width;
  }

  /** The row in which a diagonal begins. */
  int top(int diagonal) {
    return Math.max(0, diagonal - width + 1);
  }

  /** The pixels of a diagonal. */
  int length(int diagonal) {
    return Math.min(diagonal, height - 1) - top(diagonal) + 1;
  }

  /** The pixels of each diagonal. */
  int[] lengths() {
    return IntStream.range(0, count()).map(this::length).toArray();
  }

  /** The pixels in each of so many pieces, of whole diagonals and about the same size. */
  int[] pieces(int count) {
    int[] pieces = new int[count];
    int position = 0;
    for (int length : lengths()) {
      // A diagonal is where its middle is.
      pieces[(int) ((2L * position + length) * count / (2L * pixels()))] += length;
      position += length;
    }
    return pieces;
  }

  /** The pixels in each of two pieces, or in one if there is but one diagonal. */
  int[] halves() {
    return pieces(Math.min(2, count()));
  }

  /** Whether the uppermost pixel of a diagonal is in the first row, with nothing above it. */
  boolean beginsAtTop(int diagonal) {
    return diagonal < width;
  }

  /** Whether the lowest pixel of a diagonal is in the first column, with nothing left of it. */
  boolean endsAtLeft(int diagonal) {
    return diagonal < height;
  }

  /** Where a pixel is in the order. */
  int position(int row, int column) {
    int diagonal = row + column;
    int before = IntStream.range(0, diagonal).map(this::length).sum();
    return before + row - top(diagonal);
  }

  /** A number for each pixel, in the order of diagonals. */
  int[] inOrder(OfPixel number) {
    int[] numbers = new int[pixels()];
    int position = 0;
    for (int diagonal = 0; diagonal < count(); diagonal++) {
      for (int row = top(diagonal); row < top(diagonal) + length(diagonal); row++) {
        numbers[position++] = number.at(row, diagonal - row);
      }
    }
    return numbers;
  }

  /** A number for each pixel, in pieces of so many pixels. */
  static List<int[]> cut(int[] ofPixels, int... pieces) {
    List<int[]> cut = new ArrayList<>();
    int from = 0;
    for (int pixels : pieces) {
      cut.add(Arrays.copyOfRange(ofPixels, from, from + pixels));
      from += pixels;
    }
    return cut;
  }

  /** A number for a pixel. */
  @FunctionalInterface
  interface OfPixel {
    int at(int row, int column);
  }
}
