package org.pixelrnn.model;

import com.google.common.collect.BoundType;
import com.google.common.collect.Range;
import java.util.ArrayList;
import java.util.List;
import org.pixelrnn.image.InputException;

/**
 * Checks the fields of a configuration. It collects every broken rule and reports all of them at
 * once, each with the field's path, its value and the rule.
 */
public final class Rules {
  private final List<String> broken = new ArrayList<>();

  /**
   * Checks that a value is in a range. Ranges of doubles need both ends, because only then are NaN
   * and infinity outside; the upper end may be infinity, excluded.
   *
   * @param field the field's path, for example {@code training.batch_size}
   */
  public <T extends Comparable<T>> void within(String field, T value, Range<T> range) {
    if (!range.contains(value)) {
      broken(field + " = " + value, "it must be " + inWords(range));
    }
  }

  /**
   * Checks that a number is divisible by another field.
   *
   * @param field the path of the number's field
   * @param by the path of the divisor's field
   * @param divisor the divisor's value
   */
  public void divisible(String field, int number, String by, int divisor) {
    if (number >= 1 && divisor >= 1 && number % divisor != 0) {
      int below = number - number % divisor;
      int above = below + divisor;
      broken(
          field + " = " + number,
          "it must be divisible by "
              + by
              + " = "
              + divisor
              + ": nearest are "
              + (below > 0 ? below + " and " : "")
              + above);
    }
  }

  /** Adds one broken rule: what was found, and what was expected. */
  public void broken(String found, String expected) {
    broken.add(found + ", but " + expected);
  }

  /**
   * Ends the check.
   *
   * @throws InputException if any rule is broken; its message has all broken rules in one line
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
