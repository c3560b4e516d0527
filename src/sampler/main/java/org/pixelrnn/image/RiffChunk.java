package org.pixelrnn.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Finds the chunks of a WebP file, which is a RIFF file. After the 12 bytes {@code RIFF}, size and
 * {@code WEBP} it has chunks. A chunk is a name of four letters, a little-endian length, as many
 * bytes, and a zero byte if the length is odd.
 */
final class RiffChunk {
  private static final int START = 12;
  private static final int HEADER = 8;

  private RiffChunk() {}

  /**
   * The bytes of the first chunk of this name, little-endian; empty if the file has no such chunk.
   */
  static Optional<ByteBuffer> first(ByteBuffer file, String name) {
    ByteBuffer riff = file.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer wanted = ByteBuffer.wrap(name.getBytes(ISO_8859_1));
    long at = START;
    while (at + HEADER <= riff.limit()) {
      long length = Integer.toUnsignedLong(riff.getInt((int) at + 4));
      if (riff.slice((int) at, 4).equals(wanted)) {
        long there = Math.min(length, riff.limit() - at - HEADER);
        return Optional.of(
            riff.slice((int) at + HEADER, (int) there).order(ByteOrder.LITTLE_ENDIAN));
      }
      at += HEADER + length + length % 2;
    }
    return Optional.empty();
  }
}
