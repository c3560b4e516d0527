package org.pixelrnn.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
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
   * @throws InputException that names the file, if it cannot be read, has become too short, or the
   *     bytes do not fit in memory
   */
  byte[] read() {
    // Not RandomAccessFile, which opens a file by the text of its path.
    try (InputStream in = Files.newInputStream(file)) {
      in.skipNBytes(offset);
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length) {
        throw new EOFException();
      }
      return bytes;
    } catch (EOFException e) {
      throw new InputException(
          "file " + file + ": ends before byte " + (offset + length) + ": it has become shorter",
          e);
    } catch (IOException e) {
      throw new InputException("file " + file + ": cannot be read: " + InputException.reason(e), e);
    } catch (OutOfMemoryError e) {
      throw new InputException(
          "file "
              + file
              + ": there is too little memory for the "
              + length
              + " bytes at byte "
              + offset,
          e);
    }
  }
}
