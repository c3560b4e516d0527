package org.pixelrnn.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Optional;

/**
 * A JPEG as most cameras write it: 8 bits, coded by Huffman's method in one scan, grey or YCbCr,
 * and without a colour profile. It is whole as far as its markers tell. {@link ReducedJpeg} decodes
 * such pictures. Pictures of other kinds are decoded by Java's reader, which takes longer.
 *
 * <p>A JPEG is coded in units. A grey unit is one block of 8×8 pixels; a unit of colours has as
 * many blocks as the components' sampling factors say. Restart markers may part the units into
 * intervals of equal length, which do not depend on each other.
 *
 * @param height rows of pixels as stored, before the picture is turned upright
 * @param width columns of pixels
 * @param channels 1 (grey) or 3
 * @param unitHeight rows of pixels of a unit
 * @param unitWidth columns of pixels of a unit
 * @param interval the units of an interval; all units if there are no restart markers
 */
record PlainJpeg(int height, int width, int channels, int unitHeight, int unitWidth, int interval) {
  private static final int BLOCK = 8;
  private static final int END = 0xd9;
  private static final byte[] PROFILE = "ICC_PROFILE\0".getBytes(ISO_8859_1);
  private static final byte[] ADOBE = "Adobe".getBytes(ISO_8859_1);

  /** The JPEG's numbers, or empty if the bytes are not a whole JPEG of this kind. */
  static Optional<PlainJpeg> of(byte[] file) {
    if (file.length < 4 || unsigned(file, 0) != 0xff || unsigned(file, 1) != 0xd8) {
      return Optional.empty();
    }
    PlainJpeg frame = null;
    int restart = 0;
    int at = 2;
    while (at + 4 <= file.length && unsigned(file, at) == 0xff) {
      int kind = unsigned(file, at + 1);
      int length = twoBytes(file, at + 2);
      int data = at + 4;
      if (kind == 0xc0 || kind == 0xc1) {
        frame = frame(file, data);
        if (frame == null) {
          return Optional.empty();
        }
      } else if (kind == 0xdd) {
        restart = twoBytes(file, data);
      } else if (kind == 0xda) {
        return frame != null && isOnlyScan(file, data, frame.channels)
            ? frame.whole(file, at + 2 + length, restart)
            : Optional.empty();
      } else if (changesColours(file, kind, data) || isOtherFrame(kind)) {
        return Optional.empty();
      }
      at += kind == 0xff ? 1 : 2 + length;
    }
    return Optional.empty();
  }

  private static PlainJpeg frame(byte[] file, int data) {
    int height = twoBytes(file, data + 1);
    int width = twoBytes(file, data + 3);
    int channels = unsigned(file, data + 5);
    if (unsigned(file, data) != 8 || height == 0 || width == 0) {
      return null;
    }
    int down = 1;
    int across = 1;
    for (int i = 0; i < channels; i++) {
      // Other numbers of components may mean other colours.
      if (unsigned(file, data + 6 + 3 * i) != i + 1) {
        return null;
      }
      int factors = unsigned(file, data + 7 + 3 * i);
      across = Math.max(across, factors >> 4);
      down = Math.max(down, factors & 15);
    }
    return switch (channels) {
      case 1 -> new PlainJpeg(height, width, 1, BLOCK, BLOCK, 0);
      case 3 -> new PlainJpeg(height, width, 3, BLOCK * down, BLOCK * across, 0);
      default -> null;
    };
  }

  private static boolean isOnlyScan(byte[] file, int data, int channels) {
    return unsigned(file, data) == channels;
  }

  private static boolean isOtherFrame(int kind) {
    return kind >= 0xc2 && kind <= 0xcf && kind != 0xc4 && kind != 0xc8 && kind != 0xcc;
  }

  /** True for a colour profile, and for Adobe's note that the colours are not YCbCr. */
  private static boolean changesColours(byte[] file, int kind, int data) {
    return (kind == 0xe2 && starts(file, data, PROFILE))
        || (kind == 0xee && starts(file, data, ADOBE) && unsigned(file, data + 11) != 1);
  }

  private static boolean starts(byte[] file, int at, byte[] text) {
    return at + text.length <= file.length
        && Arrays.equals(file, at, at + text.length, text, 0, text.length);
  }

  /** Follows the markers of the scan: restart markers in their order, then the end. */
  private Optional<PlainJpeg> whole(byte[] file, int scan, int restart) {
    int interval = restart == 0 ? units() : restart;
    int restarts = 0;
    for (int at = scan; at + 1 < file.length; at++) {
      if (file[at] != (byte) 0xff) {
        continue;
      }
      int kind = unsigned(file, at + 1);
      if (kind >= 0xd0 && kind <= 0xd7) {
        if (kind != 0xd0 + restarts % 8) {
          return Optional.empty();
        }
        restarts++;
      } else if (kind == END) {
        return restarts == (units() - 1) / interval
            ? Optional.of(new PlainJpeg(height, width, channels, unitHeight, unitWidth, interval))
            : Optional.empty();
      } else if (kind != 0 && kind != 0xff) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** The number of units. */
  int units() {
    return unitRows() * unitColumns();
  }

  /** The units of a row. */
  int unitColumns() {
    return (width - 1) / unitWidth + 1;
  }

  private int unitRows() {
    return (height - 1) / unitHeight + 1;
  }

  private static int twoBytes(byte[] bytes, int at) {
    return unsigned(bytes, at) << 8 | unsigned(bytes, at + 1);
  }

  private static int unsigned(byte[] bytes, int at) {
    return at < bytes.length ? Byte.toUnsignedInt(bytes[at]) : 0;
  }
}
