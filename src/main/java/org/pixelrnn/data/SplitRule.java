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
 * Which split each picture belongs to.
 *
 * <p>A folder or a file called {@code train}, {@code validation}, {@code valid}, {@code val} or
 * {@code test}, or so and then {@code _}, {@code -} or {@code .} and anything, says it; what other
 * names say nothing of is for training. Without any for validation, a share of the training
 * pictures is; without one for test either, as large a share of them comes first. The share is
 * chosen by a hash of each picture's name: so it stays where it is when others come or go.
 */
final class SplitRule {
  private static final ImmutableMap<Split, Pattern> NAMES =
      ImmutableMap.of(
          Split.TRAIN, Pattern.compile("train(ing)?([-_.].*)?"),
          Split.VALIDATION, Pattern.compile("val(id|idation)?([-_.].*)?"),
          Split.TEST, Pattern.compile("test(ing)?([-_.].*)?"));

  private final double share;
  private final Set<Split> named;

  private SplitRule(double share, Set<Split> named) {
    this.share = share;
    this.named = named;
  }

  /**
   * The pictures of each split, by number, in order.
   *
   * @param count how many pictures there are
   * @param group of a picture: the folder or file whose name may say its split
   * @param name of a picture
   * @param share of the pictures that become the validation split, {@code data.validation_share}
   */
  static Map<Split, ImmutableIntArray> divide(
      int count, IntFunction<String> group, IntFunction<String> name, double share) {
    Set<Split> named = EnumSet.noneOf(Split.class);
    for (int i = 0; i < count; i++) {
      said(group.apply(i)).ifPresent(named::add);
    }
    SplitRule rule = new SplitRule(share, named);
    Map<Split, ImmutableIntArray.Builder> members = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      members.put(split, ImmutableIntArray.builder());
    }
    for (int i = 0; i < count; i++) {
      Split split = said(group.apply(i)).orElse(Split.TRAIN);
      members.get(split == Split.TRAIN ? rule.chosen(name.apply(i)) : split).add(i);
    }
    Map<Split, ImmutableIntArray> all = new EnumMap<>(Split.class);
    members.forEach((split, pictures) -> all.put(split, pictures.build()));
    return all;
  }

  /** The split that a folder's or a file's name says. */
  static Optional<Split> said(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return NAMES.entrySet().stream()
        .filter(entry -> entry.getValue().matcher(lower).matches())
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private Split chosen(String name) {
    if (named.contains(Split.VALIDATION)) {
      return Split.TRAIN;
    }
    // Fingerprints, unlike other hashes, are the same in every version of the library.
    SplitMix random =
        new SplitMix(
            Hashing.farmHashFingerprint64().hashString(name, StandardCharsets.UTF_8).asLong());
    if (!named.contains(Split.TEST) && random.nextDouble() < share) {
      return Split.TEST;
    }
    return random.nextDouble() < share ? Split.VALIDATION : Split.TRAIN;
  }
}
