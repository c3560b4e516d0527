package org.pixelrnn.cli;

import com.google.common.base.Splitter;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.pixelrnn.image.InputException;

/** The place of a pixel or a sub-pixel, as a flag takes it: {@code r,c,channel}, from 0. */
final class Coordinates {
  private Coordinates() {}

  /**
   * Parses the value of a flag.
   *
   * @param flag its name, for the message
   * @param text its value
   * @param what the meaning of the numbers, for the message
   * @param sizes the number of values that each coordinate can have
   * @throws InputException if {@code text} has another number of coordinates, or one that is too
   *     large
   */
  static int[] parse(String flag, String text, String what, int... sizes) {
    List<String> parts = Splitter.on(',').trimResults().splitToList(text);
    int[] numbers = new int[sizes.length];
    boolean valid = parts.size() == sizes.length;
    for (int i = 0; valid && i < sizes.length; i++) {
      valid = parts.get(i).matches("[0-9]{1,5}");
      numbers[i] = valid ? Integer.parseInt(parts.get(i)) : 0;
      valid &= numbers[i] < sizes[i];
    }
    if (!valid) {
      throw new InputException(
          flag
              + " "
              + text
              + ": expected "
              + what
              + ", from "
              + String.join(",", Collections.nCopies(sizes.length, "0"))
              + " to "
              + Arrays.stream(sizes)
                  .mapToObj(size -> String.valueOf(size - 1))
                  .collect(Collectors.joining(",")));
    }
    return numbers;
  }
}
