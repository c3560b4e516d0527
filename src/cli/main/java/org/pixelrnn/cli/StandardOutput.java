package org.pixelrnn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.util.Optional;
import org.pixelrnn.image.InputException;

/**
 * Standard output as UTF-8 text. A {@link PrintWriter} throws no exception if the disk is full or
 * the reader has gone. This one keeps the first of them, so that the command can fail in the end.
 */
final class StandardOutput extends PrintWriter {
  private final Watched bytes;

  /** Prints to a stream, which is flushed after each line. */
  StandardOutput(OutputStream out) {
    this(new Watched(out));
  }

  private StandardOutput(Watched bytes) {
    super(new OutputStreamWriter(bytes, UTF_8), true);
    this.bytes = bytes;
  }

  /** Says why something could not be written; empty if all was written. */
  static Optional<String> failure(PrintWriter out) {
    if (!out.checkError()) {
      return Optional.empty();
    }
    return Optional.of(
        out instanceof StandardOutput known && known.bytes.failure != null
            ? InputException.reason(known.bytes.failure)
            : "unknown error");
  }

  /** Passes bytes on, and keeps the first exception. */
  private static final class Watched extends FilterOutputStream {
    private volatile IOException failure;

    Watched(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] from, int at, int length) throws IOException {
      try {
        out.write(from, at, length);
      } catch (IOException e) {
        throw kept(e);
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        out.flush();
      } catch (IOException e) {
        throw kept(e);
      }
    }

    private IOException kept(IOException e) {
      if (failure == null) {
        failure = e;
      }
      return e;
    }
  }
}
