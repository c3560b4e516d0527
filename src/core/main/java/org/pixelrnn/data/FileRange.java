package org.pixelrnn.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.pixelrnn.image.InputException;

/**
 * A range of bytes in a file.
 *
 * <p>Each read opens the file and closes it again, which costs a few microseconds. So a data set of
 * thousands of files keeps none of them open, and several threads can read at once. A shared {@code
 * FileChannel} would be closed for all threads when one of them is interrupted.
 *
 * @param offset the first byte
 * @param length the number of bytes
 */
record FileRange(Path file, long offset, int length) {

  /**
   * The bytes.
   *
   * @throws InputException that names the file, if it cannot be read or has become too short
   */
  byte[] read() {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      byte[] bytes = new byte[length];
      in.seek(offset);
      in.readFully(bytes);
      return bytes;
    } catch (EOFException e) {
      throw new InputException(
          "file " + file + ": ends before byte " + (offset + length) + ": it has become shorter",
          e);
    } catch (IOException e) {
      throw new InputException("file " + file + ": cannot be read: " + InputException.reason(e), e);
    }
  }
}
