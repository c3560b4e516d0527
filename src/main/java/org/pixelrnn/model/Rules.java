package org.pixelrnn.model;

import com.google.common.collect.BoundType;
import com.google.common.collect.Range;
import java.util.ArrayList;
import java.util.List;
import org.pixelrnn.image.InputException;

/**
 * Holds the fields of a configuration to their rules, and tells a person of every broken one at
 * once: each by the field's path, its value and the rule.
 */
public final class Rules {
  private final List<String> broken = new ArrayList<>();

  /**
   * The value lies in the range. A number that is not finite lies in no range that has both ends,
   * hence ranges of doubles are written with both, the upper one perhaps open at infinity.
   *
   * @param field the path, for instance {@code training.batch_size}
   */
  public <T extends Comparable<T>> void within(String field, T value, Range<T> range) {
    if (!range.contains(value)) {
      broken(field + " = " + value, "it must be " + inWords(range));
    }
  }

  /**
   * A number splits into equal parts.
   *
   * @param by the path of the field that is the number of parts
   */
  public void divisible(String field, int number, String by, int parts) {
    if (number >= 1 && parts >= 1 && number % parts != 0) {
      int below = number - number % parts;
      int above = below + parts;
      broken(
          field + " = " + number,
          "it must be divisible by "
              + by
              + " = "
              + parts
              + ": nearest are "
              + (below > 0 ? below + " and " : "")
              + above);
    }
  }

  /** Notes one broken rule: what was found, and what was expected. */
  public void broken(String found, String rule) {
    broken.add(found + ", but " + rule);
  }

  /**
   * Ends the checking.
   *
   * @throws InputException if any rule was broken; its one line has them all
   */
  public void enforce() {
    if (!broken.isEmpty()) {
      throw new InputException(String.join("; ", broken));
    }
  }

  private static <T extends Comparable<T>> String inWords(Range<T> range) {
    List<String> ends = new ArrayList<>();
    if (range.hasLowerBound()) {
      String word = range.lowerBoundType() == BoundType.CLOSED ? "at least " : "above ";
      ends.add(word + range.lowerEndpoint());
    }
    if (range.hasUpperBound()) {
      String word = range.upperBoundType() == BoundType.CLOSED ? "at most " : "below ";
      ends.add(
          range.upperEndpoint().equals(Double.POSITIVE_INFINITY)
              ? "finite"
              : word + range.upperEndpoint());
    }
    return String.join(" and ", ends);
  }
}
