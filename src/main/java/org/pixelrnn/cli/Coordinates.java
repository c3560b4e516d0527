package org.pixelrnn.cli;

import com.google.common.base.Splitter;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.pixelrnn.image.InputException;

/** Numbers that say where in an image something is, {@code r,c,channel}, each counted from 0. */
final class Coordinates {
  private Coordinates() {}

  /**
   * Reads them from an option.
   *
   * @param option whose value it is, for messages
   * @param what the numbers are, in words
   * @param sizes how many values each may have
   * @throws InputException if there are more or fewer of them, or one is too large
   */
  static int[] parse(String option, String text, String what, int... sizes) {
    List<String> parts = Splitter.on(',').trimResults().splitToList(text);
    int[] numbers = new int[sizes.length];
    boolean sound = parts.size() == sizes.length;
    for (int i = 0; sound && i < sizes.length; i++) {
      sound = parts.get(i).matches("[0-9]{1,5}");
      numbers[i] = sound ? Integer.parseInt(parts.get(i)) : 0;
      sound &= numbers[i] < sizes[i];
    }
    if (!sound) {
      throw new InputException(
          String.format(
              "%s %s: expected %s, of %s to %s",
              option,
              text,
              what,
              String.join(",", Collections.nCopies(sizes.length, "0")),
              Arrays.stream(sizes)
                  .mapToObj(size -> String.valueOf(size - 1))
                  .collect(Collectors.joining(","))));
    }
    return numbers;
  }
}
