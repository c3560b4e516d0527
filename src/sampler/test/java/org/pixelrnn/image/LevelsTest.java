package org.pixelrnn.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LevelsTest {

  static IntStream counts() {
    return IntStream.rangeClosed(2, 256);
  }

  @ParameterizedTest
  @MethodSource("counts")
  void valuesFallIntoEquallyWideLevelsInOrder(int count) {
    Levels levels = new Levels(count);
    int[] width = new int[count];
    int before = 0;
    for (int value = 0; value < 256; value++) {
      int level = levels.quantise(value);
      assertEquals((int) Math.floor(value * (double) count / 256), level);
      assertTrue(level >= before);
      width[level]++;
      before = level;
    }
    IntStream widths = IntStream.of(width);
    assertTrue(widths.allMatch(w -> w == 256 / count || w == 256 / count + 1));
  }

  @ParameterizedTest
  @MethodSource("counts")
  void aDisplayedLevelIsStillThatLevel(int count) {
    Levels levels = new Levels(count);
    for (int level = 0; level < count; level++) {
      assertEquals(255.0 * level / (count - 1), levels.display(level), 1);
      assertEquals(level, levels.quantise(levels.display(level)));
    }
    assertEquals(0, levels.display(0));
    assertEquals(255, levels.display(count - 1));
  }

  @Test
  void coloursAreRedGreenBlueAndAnythingElseIsGrey() {
    byte[] levels = {0, 1, 3, 2};
    assertEquals(0x0055FF, new Levels(4).rgb(levels, 0, 3));
    assertEquals(0xFFFFFF, new Levels(4).rgb(levels, 2, 1));
    assertEquals(0x555555, new Levels(4).rgb(levels, 1, 2));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1, 257})
  void otherCountsAreRefused(int count) {
    assertThrows(IllegalArgumentException.class, () -> new Levels(count));
  }
}
