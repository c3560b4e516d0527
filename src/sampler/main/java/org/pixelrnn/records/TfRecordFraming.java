package org.pixelrnn.records;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/**
 * The frame around each record of a TFRecord file. All numbers are little-endian:
 *
 * <pre>
 *   header   length of the data   8 bytes
 *            checksum of these    4 bytes
 *   data     any bytes            length
 *   footer   checksum of the data 4 bytes
 * </pre>
 *
 * <p>A checksum is a masked CRC-32C: {@code rotateRight(crc, 15) + 0xa282ead8}. The mask protects
 * data that contain checksums: the plain CRC of data that end with their own CRC is always the
 * same.
 */
public final class TfRecordFraming {
  /** The size of a header in bytes. */
  public static final int HEADER = 12;

  /** The size of a footer in bytes. */
  public static final int FOOTER = 4;

  private static final int MASK = 0xa282ead8;

  /** A Java array can have this many bytes. */
  private static final int MOST_BYTES = Integer.MAX_VALUE - HEADER;

  private TfRecordFraming() {}

  /**
   * Writes one record.
   *
   * @throws IOException if {@code out} cannot be written to
   */
  public static void write(OutputStream out, byte[] data) throws IOException {
    byte[] length =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(data.length).array();
    out.write(length);
    out.write(bytes(checksum(length)));
    out.write(data);
    out.write(bytes(checksum(data)));
  }

  /**
   * Reads the next record. Memory grows with the bytes that are really there, whatever length the
   * header promises.
   *
   * @return empty at the end of the stream
   * @throws EOFException if the stream ends within a record
   * @throws IOException if a checksum is wrong, or {@code in} cannot be read
   */
  public static Optional<byte[]> read(InputStream in) throws IOException {
    return read(in, MOST_BYTES);
  }

  /**
   * Reads the next record if its data are not too long.
   *
   * @param mostBytes the most bytes of its data
   * @return empty at the end of the stream
   * @throws EOFException if the stream ends within a record
   * @throws IOException if a checksum is wrong, the data are longer, or {@code in} cannot be read
   */
  public static Optional<byte[]> read(InputStream in, int mostBytes) throws IOException {
    byte[] header = in.readNBytes(HEADER);
    if (header.length == 0) {
      return Optional.empty();
    }
    if (header.length < HEADER) {
      throw new EOFException("the file ends within the header of a record");
    }
    long length = length(header).orElseThrow(() -> new IOException("a record's length is damaged"));
    if (length < 0 || length > mostBytes) {
      throw new IOException(
          "a record has "
              + Long.toUnsignedString(length)
              + " bytes, expected at most "
              + mostBytes);
    }
    byte[] data = in.readNBytes((int) length);
    byte[] footer = in.readNBytes(FOOTER);
    if (data.length < length || footer.length < FOOTER) {
      throw new EOFException("the file ends within a record of " + length + " bytes");
    }
    if (checksum(data) != littleEndian(footer).getInt(0)) {
      throw new IOException("the data of a record are damaged");
    }
    return Optional.of(data);
  }

  /**
   * The length of a record's data.
   *
   * @param header {@value #HEADER} bytes
   * @return empty if the header's checksum is wrong
   */
  public static OptionalLong length(byte[] header) {
    ByteBuffer numbers = littleEndian(header);
    return numbers.getInt(Long.BYTES) == checksum(Arrays.copyOf(header, Long.BYTES))
        ? OptionalLong.of(numbers.getLong(0))
        : OptionalLong.empty();
  }

  /** The masked checksum of some bytes. */
  public static int checksum(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }

  private static byte[] bytes(int number) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array();
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
