package org.pixelrnn.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.pixelrnn.image.InputException;

/**
 * A stretch of a file.
 *
 * <p>Each read opens the file anew, which costs some microseconds: so sets of thousands of files
 * need no open ones, several threads read at once, and an interrupted one breaks nothing (as it
 * would a channel, for all others).
 */
record Extent(Path file, long offset, int length) {

  /**
   * Its bytes.
   *
   * @throws InputException naming the file, if it cannot be read or has become shorter
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
      throw new InputException("file " + file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
