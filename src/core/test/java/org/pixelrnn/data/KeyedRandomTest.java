package org.pixelrnn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyedRandomTest {

  /** The first numbers of the reference implementation, from state 0. */
  @Test
  void isSplitMix64() {
    KeyedRandom random = new KeyedRandom();
    assertEquals(0xE220A8397B1DCDAFL, random.nextLong());
    assertEquals(0x6E789E6AA1B965F4L, random.nextLong());
    assertEquals(0x06C45D188009454FL, random.nextLong());
  }

  @Test
  void everyPartOfAKeyAndItsPositionMatter() {
    Set<Long> first = new HashSet<>();
    int keys = 0;
    for (long a = -8; a < 8; a++) {
      for (long b = -8; b < 8; b++) {
        for (long c = -8; c < 8; c++) {
          first.add(new KeyedRandom(a, b, c).nextLong());
          keys++;
        }
        first.add(new KeyedRandom(a, b).nextLong());
        keys++;
      }
    }
    assertEquals(keys, first.size());
  }

  @Test
  void neighbouringKeysAreIndependent() {
    int n = 100_000;
    double sum = 0;
    double product = 0;
    double before = 0;
    for (int key = 0; key < n; key++) {
      double x = new KeyedRandom(1, key).nextDouble() - 0.5;
      sum += x;
      product += x * before;
      before = x;
    }
    // Four standard deviations of a mean of n uniform numbers, and of n products of two.
    assertEquals(0, sum / n, 4 * Math.sqrt(1 / 12.0 / n));
    assertEquals(0, product / n, 4 / 12.0 / Math.sqrt(n));
  }

  @Test
  void gaussiansHaveMeanZeroAndVarianceOne() {
    KeyedRandom random = new KeyedRandom(7);
    int n = 100_000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double x = random.gaussian();
      sum += x;
      squares += x * x;
    }
    assertEquals(0, sum / n, 4 / Math.sqrt(n));
    assertEquals(1, squares / n, 4 * Math.sqrt(2.0 / n));
  }

  @Test
  void integersAreUniform() {
    KeyedRandom random = new KeyedRandom(3);
    int[] counts = new int[7];
    for (int i = 0; i < 70_000; i++) {
      counts[random.nextInt(7)]++;
    }
    double chiSquare = 0;
    for (int count : counts) {
      chiSquare += (count - 10_000.0) * (count - 10_000.0) / 10_000;
    }
    assertTrue(chiSquare < 22.5, "chi-square of 6 degrees of freedom: " + chiSquare);
  }
}
