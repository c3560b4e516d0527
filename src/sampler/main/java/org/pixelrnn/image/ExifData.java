package org.pixelrnn.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Finds the Exif data of a picture file. They are a small TIFF file in a part of their own:
 *
 * <pre>
 *   JPEG   segment 0xffe1 that begins with "Exif", 0, 0
 *   PNG    chunk eXIf
 *   WebP   chunk EXIF
 *   TIFF   the file itself
 * </pre>
 */
final class ExifData {
  private static final String JPEG_MARK = "Exif\0\0";
  private static final int PNG_SIGNATURE = 8;

  private ExifData() {}

  /** The fields of the Exif data; none if there are no Exif data, or damaged ones. */
  static TiffDirectory in(byte[] encoded) {
    ByteBuffer file = ByteBuffer.wrap(encoded);
    Optional<ByteBuffer> found = Optional.of(file);
    if (starts(file, 0, "\u00ff\u00d8")) {
      found = inJpeg(file);
    } else if (starts(file, 0, "\u0089PNG")) {
      found = inPng(file);
    } else if (starts(file, 0, "RIFF") && starts(file, 8, "WEBP")) {
      found = inWebP(file);
    }
    return TiffDirectory.of(found.orElse(ByteBuffer.allocate(0)));
  }

  private static Optional<ByteBuffer> inJpeg(ByteBuffer file) {
    // Segments: 0xff, a byte that is their kind, and a length that counts itself.
    int at = 2;
    while (at + 4 <= file.limit() && file.get(at) == (byte) 0xff) {
      int kind = Byte.toUnsignedInt(file.get(at + 1));
      if (kind == 0xff) {
        // A byte that fills.
        at++;
        continue;
      }
      if (kind == 0xda || kind == 0xd9) {
        // The picture itself, or the end.
        break;
      }
      int length = Short.toUnsignedInt(file.getShort(at + 2));
      if (kind == 0xe1 && starts(file, at + 4, JPEG_MARK)) {
        return part(file, at + 10, length - 8);
      }
      at += 2 + length;
    }
    return Optional.empty();
  }

  private static Optional<ByteBuffer> inPng(ByteBuffer file) {
    // Chunks: a length, a name, as many bytes, and a checksum.
    long at = PNG_SIGNATURE;
    while (at + 8 <= file.limit()) {
      long length = Integer.toUnsignedLong(file.getInt((int) at));
      if (starts(file, (int) at + 4, "eXIf")) {
        return part(file, (int) at + 8, length);
      }
      at += 12 + length;
    }
    return Optional.empty();
  }

  private static Optional<ByteBuffer> inWebP(ByteBuffer file) {
    return RiffChunk.first(file, "EXIF")
        // Some programs add the mark that JPEG has.
        .map(exif -> starts(exif, 0, JPEG_MARK) ? exif.slice(6, exif.limit() - 6) : exif);
  }

  private static boolean starts(ByteBuffer file, int at, String text) {
    byte[] wanted = text.getBytes(ISO_8859_1);
    return at + wanted.length <= file.limit()
        && file.slice(at, wanted.length).equals(ByteBuffer.wrap(wanted));
  }

  private static Optional<ByteBuffer> part(ByteBuffer file, int at, long length) {
    return length < 0 || at + length > file.limit()
        ? Optional.empty()
        : Optional.of(file.slice(at, (int) length).order(ByteOrder.BIG_ENDIAN));
  }
}
