package org.pixelrnn.model.scan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.Ints;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The order of diagonals is a bijection between pixels and positions. */
class DiagonalsTest {

  @Example
  void thePictureOfTheClassCommentIsRight() {
    int[][] positions = {{0, 1, 3, 6}, {2, 4, 7, 9}, {5, 8, 10, 11}};
    Diagonals diagonals = new Diagonals(3, 4);
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 4; column++) {
        assertEquals(positions[row][column], diagonals.position(row, column));
      }
    }
    assertArrayEquals(new int[] {1, 2, 3, 3, 2, 1}, diagonals.lengths());
  }

  @Property
  void inOrderVisitsEveryPositionOnceAndInOrder(
      @ForAll @IntRange(min = 1, max = 12) int height,
      @ForAll @IntRange(min = 1, max = 12) int width) {
    Diagonals diagonals = new Diagonals(height, width);
    int[] positions = IntStream.range(0, height * width).toArray();
    assertArrayEquals(positions, diagonals.inOrder(diagonals::position));
    assertArrayEquals(
        positions,
        IntStream.of(diagonals.inOrder((row, column) -> row * width + column)).sorted().toArray());
  }

  @Property
  void leftAndUpperNeighboursAreInTheDiagonalBefore(
      @ForAll @IntRange(min = 1, max = 12) int height,
      @ForAll @IntRange(min = 1, max = 12) int width) {
    Diagonals diagonals = new Diagonals(height, width);
    int[] lengths = diagonals.lengths();
    assertEquals(height * width, IntStream.of(lengths).sum());
    int[] diagonalOfPosition =
        IntStream.range(0, lengths.length)
            .flatMap(d -> IntStream.generate(() -> d).limit(lengths[d]))
            .toArray();
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        int diagonal = diagonalOfPosition[diagonals.position(row, column)];
        if (row > 0) {
          int above = diagonals.position(row - 1, column);
          assertEquals(diagonal - 1, diagonalOfPosition[above]);
        } else {
          assertTrue(diagonals.beginsAtTop(diagonal));
        }
        if (column > 0) {
          int left = diagonals.position(row, column - 1);
          assertEquals(diagonal - 1, diagonalOfPosition[left]);
        } else {
          assertTrue(diagonals.endsAtLeft(diagonal));
        }
      }
    }
  }

  @Property
  void piecesAreWholeDiagonals(
      @ForAll @IntRange(min = 1, max = 12) int height,
      @ForAll @IntRange(min = 1, max = 12) int width,
      @ForAll @IntRange(min = 1, max = 5) int count) {
    Diagonals diagonals = new Diagonals(height, width);
    int[] ends = diagonals.lengths();
    for (int d = 1; d < ends.length; d++) {
      ends[d] += ends[d - 1];
    }
    int end = 0;
    for (int size : diagonals.pieces(count)) {
      end += size;
      assertTrue(end == 0 || Ints.contains(ends, end), "a piece ends at pixel " + end);
    }
    assertEquals(height * width, end);
    for (int half : diagonals.halves()) {
      assertTrue(half > 0);
    }
  }

  @Property
  void cutPiecesMakeTheWhole(
      @ForAll @IntRange(min = 1, max = 12) int height,
      @ForAll @IntRange(min = 1, max = 12) int width,
      @ForAll @IntRange(min = 1, max = 5) int count) {
    Diagonals diagonals = new Diagonals(height, width);
    int[] values = diagonals.inOrder((row, column) -> row * width + column);
    int[] sizes = diagonals.pieces(count);
    int[][] pieces = Diagonals.cut(values, sizes).toArray(int[][]::new);
    assertArrayEquals(sizes, IntStream.range(0, count).map(i -> pieces[i].length).toArray());
    assertArrayEquals(values, Ints.concat(pieces));
  }
}
