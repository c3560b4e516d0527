package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterables;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageShape;

class SamplePieceTest {
  private static final ImageShape DIGITS = new ImageShape(28, 28, 1, 2);

  @ParameterizedTest
  @ValueSource(ints = {1, 999, 1000, 1001, 2500, 1_000_000})
  void piecesFollowOneAnother(int count) {
    int next = 0;
    int number = 0;
    for (SamplePiece piece : SamplePiece.of(DIGITS, count)) {
      assertEquals(number++, piece.number());
      assertEquals(next, piece.from());
      assertTrue(piece.count() >= 1 && piece.count() <= 1000, piece + "");
      next += piece.count();
    }
    assertEquals(count, next);
  }

  @Test
  void allIntsCanBeCounted() {
    SamplePiece last = Iterables.getLast(SamplePiece.of(DIGITS, Integer.MAX_VALUE));
    assertEquals(Integer.MAX_VALUE, last.from() + last.count());
  }

  /** Another size would change the images of a seed. */
  @ParameterizedTest
  @CsvSource({"28,1,2,1000", "32,3,256,341", "64,3,256,85", "512,3,256,1"})
  void sizesNeverChange(int side, int channels, int levels, int size) {
    assertEquals(size, SamplePiece.size(new ImageShape(side, side, channels, levels)));
  }

  /** Another seed would change the images. */
  @Test
  void seedsNeverChange() {
    ImmutableList<SamplePiece> pieces = ImmutableList.copyOf(SamplePiece.of(DIGITS, 2500));
    assertEquals(1, pieces.get(0).seed(1));
    // The first outputs of java.util.SplittableRandom(1).
    assertEquals(-7995527694508729151L, pieces.get(1).seed(1));
    assertEquals(-4689498862643123097L, pieces.get(2).seed(1));
  }

  @Test
  void seedsOfPiecesAndOfNeighbouringRequestsAreDifferent() {
    Set<Long> seeds = new HashSet<>();
    for (long seed = -50; seed < 50; seed++) {
      for (SamplePiece piece : SamplePiece.of(DIGITS, 100_000)) {
        assertTrue(seeds.add(piece.seed(seed)), "seed " + seed + ", " + piece);
      }
    }
  }
}
