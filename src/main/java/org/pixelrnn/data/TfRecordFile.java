package org.pixelrnn.data;

import com.google.common.hash.Hasher;
import com.google.common.primitives.ImmutableLongArray;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.pixelrnn.image.InputException;

/**
 * A file of records as TensorFlow writes them, each {@code length (8 bytes), check sum of the
 * length (4), data (length), check sum of the data (4)}, little-endian. Where each begins is found
 * out once; then any can be read.
 *
 * <p>A gzipped file is unpacked to a temporary one, for there is no way into the middle of it.
 */
final class TfRecordFile implements AutoCloseable {
  private static final int HEADER = 12;
  private static final int FOOTER = 4;
  private static final int FRAME = HEADER + FOOTER;

  private final Path file;

  /** What is read: the file, or what it was unpacked to. */
  private final Path plain;

  /** Where each record begins, and at last the end of the file. */
  private final ImmutableLongArray offsets;

  /** The check sums of all records' data, as the file has them. */
  private final byte[] checkSums;

  private TfRecordFile(Path file, Path plain, ImmutableLongArray offsets, byte[] checkSums) {
    this.file = file;
    this.plain = plain;
    this.offsets = offsets;
    this.checkSums = checkSums;
  }

  /** Finds the records; throws {@link InputException} that names the file if it is broken. */
  static TfRecordFile open(Path file) {
    Path plain = file;
    try {
      if (isGzipped(file)) {
        plain = unpacked(file);
      }
      return index(file, plain);
    } catch (IOException | InputException e) {
      if (!plain.equals(file)) {
        delete(plain);
      }
      throw e instanceof InputException broken
          ? broken
          : new InputException("TFRecord file " + file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static boolean isGzipped(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(HEADER);
      // 1f 8b could begin a length too; then its check sum follows.
      return start.length >= 2
          && start[0] == 0x1f
          && start[1] == (byte) 0x8b
          && !(start.length == HEADER && lengthIsSound(start));
    }
  }

  private static Path unpacked(Path file) throws IOException {
    Path plain = Files.createTempFile("pixelrnn-", ".tfrecord");
    plain.toFile().deleteOnExit();
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
      Files.copy(in, plain, StandardCopyOption.REPLACE_EXISTING);
      return plain;
    } catch (ZipException e) {
      delete(plain);
      throw broken(file, "no whole gzip stream (" + e.getMessage() + ")");
    } catch (EOFException e) {
      delete(plain);
      throw broken(file, "it ends too soon, within its gzip stream");
    }
  }

  private static TfRecordFile index(Path file, Path plain) throws IOException {
    ImmutableLongArray.Builder offsets = ImmutableLongArray.builder();
    ByteArrayOutputStream checkSums = new ByteArrayOutputStream();
    byte[] header = new byte[HEADER];
    byte[] footer = new byte[FOOTER];
    try (RandomAccessFile in = new RandomAccessFile(plain.toFile(), "r")) {
      long at = 0;
      long end = in.length();
      for (long record = 0; at < end; record++) {
        if (end - at < FRAME) {
          throw broken(file, cutOff(record, at) + (end - at) + " bytes of it are there");
        }
        in.seek(at);
        in.readFully(header);
        if (!lengthIsSound(header)) {
          throw broken(
              file,
              at == 0
                  ? "no TFRecord file, gzipped or not: it does not begin with a length and its check"
                      + " sum"
                  : "record "
                      + record
                      + " (at byte "
                      + at
                      + ") has a wrong check sum of its length, so that no later one can be found");
        }
        long length = littleEndian(header).getLong(0);
        if (length < 0 || length > end - at - FRAME) {
          throw broken(
              file,
              cutOff(record, at)
                  + Long.toUnsignedString(length)
                  + " bytes of data are promised, "
                  + (end - at - FRAME)
                  + " are there");
        }
        if (length > Integer.MAX_VALUE - 16) {
          throw broken(file, "record " + record + " has " + length + " bytes, more than 2 GiB");
        }
        offsets.add(at);
        in.seek(at + HEADER + length);
        in.readFully(footer);
        checkSums.write(footer);
        at += FRAME + length;
      }
      return new TfRecordFile(file, plain, offsets.add(at).build(), checkSums.toByteArray());
    }
  }

  private static String cutOff(long record, long at) {
    return "record " + record + " (at byte " + at + ") is cut off: ";
  }

  private static boolean lengthIsSound(byte[] header) {
    return littleEndian(header).getInt(8) == checkSum(Arrays.copyOf(header, 8));
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** CRC-32C, rotated and shifted so that one of data that hold check sums is no weaker. */
  private static int checkSum(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  Path file() {
    return file;
  }

  int count() {
    return offsets.length() - 1;
  }

  /** A record's data; throws {@link InputException} if they are not those that were written. */
  byte[] record(int number) {
    long at = offsets.get(number) + HEADER;
    int length = (int) (offsets.get(number + 1) - FOOTER - at);
    byte[] data = new Extent(plain, at, length).read();
    if (checkSum(data) != littleEndian(checkSums).getInt(FOOTER * number)) {
      throw broken(file, "record " + number + " is damaged: its check sum is wrong");
    }
    return data;
  }

  /** Adds the lengths and check sums of all records, and so all that is in them. */
  void addTo(Hasher hasher) {
    offsets.forEach(hasher::putLong);
    hasher.putBytes(checkSums);
  }

  private static InputException broken(Path file, String why) {
    return new InputException("TFRecord file " + file + ": " + why);
  }

  private static void delete(Path temporary) {
    if (!temporary.toFile().delete()) {
      // It goes when the program ends.
      temporary.toFile().deleteOnExit();
    }
  }

  @Override
  public void close() {
    if (!plain.equals(file)) {
      delete(plain);
    }
  }
}
