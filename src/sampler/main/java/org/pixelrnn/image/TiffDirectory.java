package org.pixelrnn.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The numbers in the first directory of a TIFF file. Exif data are a TIFF file, too. A directory
 * has a field of 12 bytes for each tag:
 *
 * <pre>
 *   tag                                       2 bytes
 *   type: 3 is two bytes, 4 is four           2
 *   count of numbers                          4
 *   the numbers, or where they are if they
 *   do not fit here                           4
 * </pre>
 *
 * @param numbers the numbers of each tag; fields of other types are left out
 */
record TiffDirectory(Map<Integer, List<Integer>> numbers) {
  static final int BITS_PER_SAMPLE = 258;
  static final int COMPRESSION = 259;
  static final int PHOTOMETRIC = 262;
  static final int ORIENTATION = 274;
  static final int SAMPLES_PER_PIXEL = 277;
  static final int EXTRA_SAMPLES = 338;
  static final int SAMPLE_FORMAT = 339;

  private static final int FIELD = 12;
  private static final int SHORT = 3;
  private static final int LONG = 4;

  /** The most numbers of a tag that are read: as many as a pixel has samples, and more. */
  private static final int MOST_NUMBERS = 16;

  /** True if the bytes begin as a TIFF file does. */
  static boolean begins(ByteBuffer bytes) {
    if (bytes.remaining() < 8) {
      return false;
    }
    int start = bytes.duplicate().order(ByteOrder.BIG_ENDIAN).getInt(bytes.position());
    return start == 0x4d4d002a || start == 0x49492a00;
  }

  /**
   * Reads the fields that are there.
   *
   * @param bytes from its position on, a TIFF file; whole or damaged
   */
  static TiffDirectory of(ByteBuffer bytes) {
    Map<Integer, List<Integer>> numbers = new HashMap<>();
    if (begins(bytes)) {
      ByteBuffer tiff = bytes.slice();
      tiff.order(tiff.get(0) == 'M' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      // A damaged offset or count leads out of the file. Then the fields so far are all.
      long directory = Integer.toUnsignedLong(tiff.getInt(4));
      if (directory + 2 <= tiff.limit()) {
        int count = Short.toUnsignedInt(tiff.getShort((int) directory));
        for (int field = 0; field < count; field++) {
          long at = directory + 2 + (long) field * FIELD;
          if (at + FIELD > tiff.limit()) {
            break;
          }
          int tag = Short.toUnsignedInt(tiff.getShort((int) at));
          List<Integer> found = numbers(tiff, (int) at);
          if (!found.isEmpty()) {
            numbers.putIfAbsent(tag, found);
          }
        }
      }
    }
    return new TiffDirectory(Map.copyOf(numbers));
  }

  private static List<Integer> numbers(ByteBuffer tiff, int field) {
    int type = Short.toUnsignedInt(tiff.getShort(field + 2));
    long count = Integer.toUnsignedLong(tiff.getInt(field + 4));
    if (type != SHORT && type != LONG) {
      return List.of();
    }
    int size = type == SHORT ? 2 : 4;
    long at = count * size > 4 ? Integer.toUnsignedLong(tiff.getInt(field + 8)) : field + 8;
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < Math.min(count, MOST_NUMBERS) && at + size <= tiff.limit(); i++) {
      numbers.add(
          type == SHORT ? Short.toUnsignedInt(tiff.getShort((int) at)) : tiff.getInt((int) at));
      at += size;
    }
    return List.copyOf(numbers);
  }

  /** The numbers of a tag; none if the tag is not there. */
  List<Integer> all(int tag) {
    return numbers.getOrDefault(tag, List.of());
  }

  /** The first number of a tag, or {@code missing} if the tag is not there. */
  int first(int tag, int missing) {
    return numbers.getOrDefault(tag, List.of(missing)).get(0);
  }
}
