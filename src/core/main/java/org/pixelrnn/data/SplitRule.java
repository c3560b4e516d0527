package org.pixelrnn.data;

import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

/**
 * Decides to which split each picture belongs.
 *
 * <p>The name of a picture's folder or file can decide it. The name is {@code train}, {@code
 * validation}, {@code valid}, {@code val} or {@code test}, alone or followed by {@code _}, {@code
 * -} or {@code .} and any text. Pictures under any other name are training pictures.
 *
 * <p>If no name says validation, a share of the training pictures becomes the validation split. If
 * no name says test either, an equal share becomes the test split before that. A hash of a
 * picture's own name decides if it is one of them, so a picture stays in its split when other
 * pictures are added or removed.
 */
final class SplitRule {
  private static final ImmutableMap<Split, Pattern> NAMES =
      ImmutableMap.of(
          Split.TRAIN, Pattern.compile("train(ing)?([-_.].*)?"),
          Split.VALIDATION, Pattern.compile("val(id|idation)?([-_.].*)?"),
          Split.TEST, Pattern.compile("test(ing)?([-_.].*)?"));

  private final double share;

  /** The splits that at least one group's name decides. */
  private final Set<Split> byName;

  private SplitRule(double share, Set<Split> byName) {
    this.share = share;
    this.byName = byName;
  }

  /**
   * The pictures of each split, in ascending order. Each picture is in exactly one split.
   *
   * @param count the number of pictures
   * @param group gives a picture's group: the name of the folder or file that may decide its split
   * @param name gives a picture's own name
   * @param share the share of the training pictures that becomes the validation split, {@code
   *     data.validation_share}
   */
  static Map<Split, ImmutableIntArray> divide(
      int count, IntFunction<String> group, IntFunction<String> name, double share) {
    Set<Split> byName = EnumSet.noneOf(Split.class);
    for (int i = 0; i < count; i++) {
      ofGroup(group.apply(i)).ifPresent(byName::add);
    }
    SplitRule rule = new SplitRule(share, byName);
    Map<Split, ImmutableIntArray.Builder> members = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      members.put(split, ImmutableIntArray.builder());
    }
    for (int i = 0; i < count; i++) {
      Split split = ofGroup(group.apply(i)).orElse(Split.TRAIN);
      members.get(split == Split.TRAIN ? rule.byHash(name.apply(i)) : split).add(i);
    }
    Map<Split, ImmutableIntArray> all = new EnumMap<>(Split.class);
    members.forEach((split, pictures) -> all.put(split, pictures.build()));
    return all;
  }

  /** The split that the name of a folder or file decides; empty if it decides none. */
  static Optional<Split> ofGroup(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return NAMES.entrySet().stream()
        .filter(entry -> entry.getValue().matcher(lower).matches())
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** The split of a training picture, after some of them have moved to validation and test. */
  private Split byHash(String name) {
    if (byName.contains(Split.VALIDATION)) {
      return Split.TRAIN;
    }
    // Guava promises that a fingerprint is the same in all its versions.
    KeyedRandom random =
        new KeyedRandom(
            Hashing.farmHashFingerprint64().hashString(name, StandardCharsets.UTF_8).asLong());
    if (!byName.contains(Split.TEST) && random.nextDouble() < share) {
      return Split.TEST;
    }
    return random.nextDouble() < share ? Split.VALIDATION : Split.TRAIN;
  }
}
