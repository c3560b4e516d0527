package org.pixelrnn.image;

import java.util.Arrays;

/**
 * Tells if a JPEG that ends without its end marker has all of its picture.
 *
 * <p>A picture may be sent in several scans. Each has some of the components (brightness, blue,
 * red), some of the 64 coefficients of each block, and some bits of each coefficient. The decoder
 * notices if a scan ends too soon, but not if a whole scan is missing.
 */
final class JpegScans {
  private static final int COEFFICIENTS = 64;
  private static final int MOST_COMPONENTS = 4;

  private JpegScans() {}

  /**
   * True if the picture comes in several scans: it is progressive, or its first scan has only some
   * of the components. The decoder then keeps all coefficients until the last scan.
   */
  static boolean several(byte[] jpeg) {
    int components = 0;
    int at = 2;
    while (at + 4 <= jpeg.length && jpeg[at] == (byte) 0xff) {
      int kind = Byte.toUnsignedInt(jpeg[at + 1]);
      if (isFrame(kind)) {
        if ((kind & 3) == 2) {
          return true;
        }
        components = unsigned(jpeg, at + 9);
      } else if (kind == 0xda) {
        return unsigned(jpeg, at + 4) < components;
      }
      at += kind == 0xff ? 1 : 2 + (unsigned(jpeg, at + 2) << 8 | unsigned(jpeg, at + 3));
    }
    return false;
  }

  /** True if the scans that have begun bring each coefficient of each component to its last bit. */
  static boolean complete(byte[] jpeg) {
    int components = 0;
    // By component and coefficient: the lowest bit that was sent, or -1 if none was.
    int[][] lowest = new int[256][];
    int at = 2;
    while (at + 4 <= jpeg.length) {
      if (jpeg[at] != (byte) 0xff || !isSegment(jpeg[at + 1])) {
        at++;
        continue;
      }
      int kind = Byte.toUnsignedInt(jpeg[at + 1]);
      int length = unsigned(jpeg, at + 2) << 8 | unsigned(jpeg, at + 3);
      if (kind == 0xda) {
        note(jpeg, at + 4, lowest);
      } else if (isFrame(kind)) {
        components = unsigned(jpeg, at + 9);
      }
      at += 2 + length;
    }
    long whole =
        Arrays.stream(lowest)
            .filter(c -> c != null && Arrays.stream(c).allMatch(bit -> bit == 0))
            .count();
    return components > 0 && whole == components;
  }

  /** A frame's header, of any kind of JPEG. Three of the numbers between mean something else. */
  private static boolean isFrame(int kind) {
    return kind >= 0xc0 && kind <= 0xcf && kind != 0xc4 && kind != 0xc8 && kind != 0xcc;
  }

  /** Segments have a length. Zero bytes, fill bytes and restart markers within a scan have none. */
  private static boolean isSegment(byte marker) {
    int kind = Byte.toUnsignedInt(marker);
    return kind >= 0xc0 && kind != 0xff && !(kind >= 0xd0 && kind <= 0xd9);
  }

  /** Notes what a scan sends, as its header says. */
  private static void note(byte[] jpeg, int header, int[][] lowest) {
    int components = unsigned(jpeg, header);
    int range = header + 1 + 2 * components;
    if (components > MOST_COMPONENTS || range + 3 > jpeg.length) {
      return;
    }
    int first = unsigned(jpeg, range);
    int last = unsigned(jpeg, range + 1);
    int bit = unsigned(jpeg, range + 2) & 15;
    for (int i = 0; i < components; i++) {
      int component = unsigned(jpeg, header + 1 + 2 * i);
      if (lowest[component] == null) {
        lowest[component] = new int[COEFFICIENTS];
        Arrays.fill(lowest[component], -1);
      }
      for (int c = first; c <= last && c < COEFFICIENTS; c++) {
        lowest[component][c] = bit;
      }
    }
  }

  private static int unsigned(byte[] bytes, int at) {
    return at < bytes.length ? Byte.toUnsignedInt(bytes[at]) : 0;
  }
}
