package org.pixelrnn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SplitRuleTest {

  @ParameterizedTest
  @CsvSource({
    "train,TRAIN",
    "Train,TRAIN",
    "training,TRAIN",
    "train_32x32,TRAIN",
    "train-00000-of-1024,TRAIN",
    "validation,VALIDATION",
    "valid_64x64,VALIDATION",
    "val,VALIDATION",
    "VAL.tfrecord,VALIDATION",
    "test,TEST",
    "test_images,TEST",
    "trains,",
    "value,",
    "testament,",
    "'',",
    "cats,"
  })
  void aNameDecidesTheSplit(String name, Split split) {
    assertEquals(split, SplitRule.ofGroup(name).orElse(null));
  }

  /** Divides pictures named {@code group/number}. Each group has the same number of them. */
  private static Map<Split, ImmutableIntArray> divide(double share, int each, String... groups) {
    return SplitRule.divide(
        each * groups.length, i -> groups[i / each], i -> groups[i / each] + "/" + i % each, share);
  }

  private static List<Integer> sizes(Map<Split, ImmutableIntArray> parts) {
    return List.of(
        parts.get(Split.TRAIN).length(),
        parts.get(Split.VALIDATION).length(),
        parts.get(Split.TEST).length());
  }

  @Test
  void picturesAreInTheSplitThatTheirGroupNames() {
    assertEquals(List.of(20, 10, 10), sizes(divide(0.5, 10, "train", "val", "test", "more")));
    assertEquals(List.of(10, 10, 0), sizes(divide(0.5, 10, "train_32x32", "valid_32x32")));
    Map<Split, ImmutableIntArray> parts = divide(0.5, 3, "test", "train", "val");
    assertEquals(ImmutableIntArray.of(0, 1, 2), parts.get(Split.TEST));
    assertEquals(ImmutableIntArray.of(3, 4, 5), parts.get(Split.TRAIN));
    assertEquals(ImmutableIntArray.of(6, 7, 8), parts.get(Split.VALIDATION));
  }

  @Test
  void otherwiseAHashOfTheirNamesPicksAShareOfThem() {
    int n = 20_000;
    List<Integer> sizes = sizes(divide(0.1, n, "cats"));
    assertEquals(0.1 * n, sizes.get(2), 4 * Math.sqrt(0.09 * n));
    assertEquals(0.09 * n, sizes.get(1), 4 * Math.sqrt(0.09 * n));
    assertEquals(n, sizes.get(0) + sizes.get(1) + sizes.get(2));

    sizes = sizes(divide(0.1, n, "train", "test"));
    assertEquals(n, sizes.get(2));
    assertEquals(0.1 * n, sizes.get(1), 4 * Math.sqrt(0.09 * n));
  }

  @Test
  void aPictureStaysInItsSplitWhenOthersAreAdded() {
    Map<Split, ImmutableIntArray> few = divide(0.2, 100, "cats");
    Map<Split, ImmutableIntArray> many = divide(0.2, 300, "cats");
    for (Split split : Split.values()) {
      assertTrue(many.get(split).asList().containsAll(few.get(split).asList()), split.toString());
    }
    // Pinned: no picture may move from test to training in a new version of a library.
    assertEquals(
        ImmutableIntArray.of(2, 5, 7, 10, 16, 17), divide(0.2, 20, "cats").get(Split.TEST));
  }
}
