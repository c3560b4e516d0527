package org.pixelrnn.sampler;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.tensorflow.proto.DataType;

/** The ranges of the numbers that signatures take. What an input holds follows from its name. */
final class InputRanges {
  private InputRanges() {}

  /**
   * Checks the numbers of an input.
   *
   * @param numbers all numbers in the machine's byte order
   * @throws InputException if one is out of its range
   */
  static void check(String input, DataType type, byte[] numbers, ImageShape shape) {
    switch (input) {
      case "count" -> count(numbers);
      case "temperature" -> checkTemperatures(inOrder(numbers));
      case "row" -> checkRows(inOrder(numbers), shape);
      default -> {
        // A state may hold bytes that are no levels.
        if (type == DataType.DT_UINT8 && !input.startsWith("state_")) {
          checkLevels(input, numbers, shape);
        }
      }
    }
  }

  /** Reads the number of images. */
  static int count(byte[] numbers) {
    int count = inOrder(numbers).getInt();
    if (count < 0) {
      throw new InputException("count = " + count + "; expected at least 0");
    }
    return count;
  }

  private static ByteBuffer inOrder(byte[] numbers) {
    return ByteBuffer.wrap(numbers).order(ByteOrder.nativeOrder());
  }

  private static void checkTemperatures(ByteBuffer numbers) {
    for (int at = 0; at < numbers.capacity(); at += Float.BYTES) {
      float temperature = numbers.getFloat(at);
      if (!(temperature >= 0) || Float.isInfinite(temperature)) {
        throw new InputException(
            "temperature = " + temperature + "; expected a finite number of at least 0");
      }
    }
  }

  private static void checkRows(ByteBuffer numbers, ImageShape shape) {
    for (int at = 0; at < numbers.capacity(); at += Integer.BYTES) {
      int row = numbers.getInt(at);
      if (row < 0 || row >= shape.height()) {
        throw new InputException("row = " + row + "; expected 0 to " + (shape.height() - 1));
      }
    }
  }

  private static void checkLevels(String input, byte[] numbers, ImageShape shape) {
    for (byte number : numbers) {
      int level = Byte.toUnsignedInt(number);
      if (level >= shape.levels()) {
        throw new InputException(
            String.format(
                Locale.ROOT,
                "input `%s` has level %s; expected 0 to %s",
                input,
                level,
                shape.levels() - 1));
      }
    }
  }
}
