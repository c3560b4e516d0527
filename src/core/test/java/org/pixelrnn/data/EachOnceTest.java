package org.pixelrnn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.Ordering;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Each image appears exactly once: in the splits of a data set, and in an epoch of training. */
class EachOnceTest {

  @Property(tries = 500)
  void everyPictureIsInExactlyOneSplit(
      @ForAll @Size(max = 50) List<@From("groups") String> groups,
      @ForAll @DoubleRange(min = 0, max = 1) double share) {
    Map<Split, ImmutableIntArray> parts =
        SplitRule.divide(groups.size(), groups::get, i -> groups.get(i) + "/" + i, share);
    List<Integer> all = new ArrayList<>();
    for (Split split : Split.values()) {
      List<Integer> members = parts.get(split).asList();
      assertTrue(Ordering.natural().isStrictlyOrdered(members), split + " is in order");
      all.addAll(members);
    }
    Collections.sort(all);
    assertEquals(IntStream.range(0, groups.size()).boxed().toList(), all);
  }

  @Provide
  Arbitrary<String> groups() {
    return Arbitraries.of("train", "val", "test", "test_2", "cats", "");
  }

  @Property(tries = 200)
  void theOrderOfAnEpochIsAPermutation(
      @ForAll @IntRange(min = 1, max = 300) int size,
      @ForAll @IntRange(min = 1, max = 70) int batchSize,
      @ForAll long seed) {
    List<Integer> order = TrainingBatchesTest.order(size, batchSize, seed, 2);
    List<Integer> all = IntStream.range(0, size).boxed().toList();
    for (int epoch = 0; epoch < 2; epoch++) {
      List<Integer> sorted = new ArrayList<>(order.subList(epoch * size, (epoch + 1) * size));
      Collections.sort(sorted);
      assertEquals(all, sorted, "epoch " + epoch);
    }
  }
}
