package org.pixelrnn.data;

import com.google.common.hash.Hasher;
import com.google.common.primitives.ImmutableIntArray;
import com.google.common.primitives.ImmutableLongArray;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.OptionalLong;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.pixelrnn.image.InputException;
import org.pixelrnn.records.TfRecordFraming;

/**
 * A TFRecord file whose records can be read in any order. {@link #open} goes through the file once
 * and remembers where each record begins. {@link TfRecordFraming} describes the format.
 *
 * <p>A gzipped file is unpacked to a temporary file, because gzip cannot be read from the middle.
 * {@link #close} deletes the temporary file.
 */
final class TfRecordFile implements AutoCloseable {
  /** The bytes of a record besides its data. */
  private static final int FRAME = TfRecordFraming.HEADER + TfRecordFraming.FOOTER;

  /** A Java array can have nearly this many bytes. */
  private static final int MOST_BYTES = Integer.MAX_VALUE - 16;

  private final Path file;

  /** The file that is read: {@code file} itself, or the temporary file if that is gzipped. */
  private final Path plain;

  /** The first byte of each record, and at the end the length of the file. */
  private final ImmutableLongArray offsets;

  /** The checksum of each record's data, as the file has it. */
  private final ImmutableIntArray checksums;

  private TfRecordFile(
      Path file, Path plain, ImmutableLongArray offsets, ImmutableIntArray checksums) {
    this.file = file;
    this.plain = plain;
    this.offsets = offsets;
    this.checksums = checksums;
  }

  /**
   * Finds the records of a file, gzipped or not.
   *
   * @throws InputException that names the file, if it cannot be read or is broken
   */
  static TfRecordFile open(Path file) {
    Path plain = file;
    try {
      if (isGzipped(file)) {
        plain = unpack(file);
      }
      return index(file, plain);
    } catch (IOException e) {
      deleteUnpacked(file, plain);
      throw broken(file, "cannot be read: " + InputException.reason(e), e);
    } catch (InputException e) {
      deleteUnpacked(file, plain);
      throw e;
    }
  }

  private static boolean isGzipped(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(TfRecordFraming.HEADER);
      // The bytes 1f 8b can also begin the length of a record. Then its checksum is right.
      return start.length >= 2
          && start[0] == 0x1f
          && start[1] == (byte) 0x8b
          && !(start.length == TfRecordFraming.HEADER && TfRecordFraming.length(start).isPresent());
    }
  }

  private static Path unpack(Path file) throws IOException {
    Path plain = Files.createTempFile("pixelrnn-", ".tfrecord");
    plain.toFile().deleteOnExit();
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
      Files.copy(in, plain, StandardCopyOption.REPLACE_EXISTING);
      return plain;
    } catch (ZipException e) {
      delete(plain);
      throw broken(file, "its gzip stream is broken (" + InputException.reason(e) + ")", e);
    } catch (EOFException e) {
      delete(plain);
      throw broken(file, "it ends within its gzip stream", e);
    }
  }

  private static TfRecordFile index(Path file, Path plain) throws IOException {
    ImmutableLongArray.Builder offsets = ImmutableLongArray.builder();
    ImmutableIntArray.Builder checksums = ImmutableIntArray.builder();
    byte[] header = new byte[TfRecordFraming.HEADER];
    try (DataInputStream in = new DataInputStream(Files.newInputStream(plain))) {
      long at = 0;
      long end = Files.size(plain);
      for (long record = 0; at < end; record++) {
        if (end - at < FRAME) {
          throw broken(file, cutOff(record, at) + "only " + (end - at) + " bytes of it are there");
        }
        in.readFully(header);
        long length = length(file, header, record, at, end);
        offsets.add(at);
        in.skipNBytes(length);
        // The file is little-endian, and readInt is big-endian.
        checksums.add(Integer.reverseBytes(in.readInt()));
        at += FRAME + length;
      }
      return new TfRecordFile(file, plain, offsets.add(at).build(), checksums.build());
    }
  }

  /** The length of the data of the record at byte {@code at}, in a file of {@code end} bytes. */
  private static long length(Path file, byte[] header, long record, long at, long end) {
    OptionalLong promised = TfRecordFraming.length(header);
    if (promised.isEmpty()) {
      throw broken(
          file,
          at == 0
              ? "not a TFRecord file, gzipped or not: expected a length and its checksum at the"
                  + " beginning"
              : "record "
                  + record
                  + " (at byte "
                  + at
                  + "): the checksum of its length is wrong, so no later record can be found");
    }
    long length = promised.getAsLong();
    if (length < 0 || length > end - at - FRAME) {
      throw broken(
          file,
          cutOff(record, at)
              + (end - at - FRAME)
              + " bytes of data are there, expected "
              + Long.toUnsignedString(length));
    }
    if (length > MOST_BYTES) {
      throw broken(
          file, "record " + record + " has " + length + " bytes, expected less than 2 GiB");
    }
    return length;
  }

  private static String cutOff(long record, long at) {
    return "record " + record + " (at byte " + at + ") is cut off: ";
  }

  /** The file, as it was opened. */
  Path file() {
    return file;
  }

  /** The number of records. */
  int count() {
    return checksums.length();
  }

  /**
   * The data of a record.
   *
   * @param number {@code 0 .. count() - 1}
   * @throws InputException that names the file and the record, if its checksum is wrong
   */
  byte[] record(int number) {
    long at = offsets.get(number) + TfRecordFraming.HEADER;
    byte[] data = new FileRange(plain, at, bytes(number)).read();
    if (TfRecordFraming.checksum(data) != checksums.get(number)) {
      throw broken(file, "record " + number + " is damaged: its checksum is wrong");
    }
    return data;
  }

  /** The bytes of a record's data. */
  int bytes(int number) {
    long frame = TfRecordFraming.HEADER + TfRecordFraming.FOOTER;
    return (int) (offsets.get(number + 1) - offsets.get(number) - frame);
  }

  /** Adds the lengths and checksums of all records. They change whenever the data change. */
  void addTo(Hasher hasher) {
    offsets.forEach(hasher::putLong);
    checksums.forEach(hasher::putInt);
  }

  private static InputException broken(Path file, String why) {
    return broken(file, why, null);
  }

  private static InputException broken(Path file, String why, Throwable cause) {
    return new InputException("TFRecord file " + file + ": " + why, cause);
  }

  private static void deleteUnpacked(Path file, Path plain) {
    if (!plain.equals(file)) {
      delete(plain);
    }
  }

  private static void delete(Path temporary) {
    if (!temporary.toFile().delete()) {
      // It is deleted when the program ends.
      temporary.toFile().deleteOnExit();
    }
  }

  @Override
  public void close() {
    deleteUnpacked(file, plain);
  }
}
