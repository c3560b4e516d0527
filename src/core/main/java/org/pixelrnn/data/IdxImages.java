package org.pixelrnn.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.pixelrnn.image.InputException;

/**
 * The images of an IDX file, the format of MNIST. All numbers are 32-bit and big-endian:
 *
 * <pre>
 *   header   magic number 2051   4 bytes
 *            count               4
 *            rows                4
 *            columns             4
 *   pixels   a byte each         count · rows · columns
 * </pre>
 *
 * <p>A file whose name ends in {@code .gz} is gzipped.
 */
final class IdxImages {
  private static final int IMAGES = 0x00000803;
  private static final int LABELS = 0x00000801;
  private static final int GZIP = 0x1f8b;
  private static final int HEADER = 16;

  /** A Java array can have nearly this many bytes. */
  private static final int MOST_BYTES = Integer.MAX_VALUE - 16;

  private final int count;
  private final int rows;
  private final int columns;
  private final byte[] pixels;

  private IdxImages(int count, int rows, int columns, byte[] pixels) {
    this.count = count;
    this.rows = rows;
    this.columns = columns;
    this.pixels = pixels;
  }

  /**
   * Reads a whole file.
   *
   * @throws InputException that names the file, if it cannot be read, is broken, or does not fit in
   *     memory
   */
  static IdxImages read(Path file) {
    boolean gzipped = file.toString().endsWith(".gz");
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        InputStream in = gzipped ? new GZIPInputStream(raw, 1 << 16) : raw) {
      return read(file, in);
    } catch (ZipException e) {
      throw broken(
          file,
          "its gzip stream is broken ("
              + InputException.reason(e)
              + "); expected a gzipped file, because its name ends in .gz",
          e);
    } catch (EOFException e) {
      throw broken(file, "it ends within its gzip stream", e);
    } catch (IOException e) {
      throw broken(file, "cannot be read: " + InputException.reason(e), e);
    }
  }

  private static IdxImages read(Path file, InputStream in) throws IOException {
    byte[] found = in.readNBytes(HEADER);
    int[] header = new int[HEADER / Integer.BYTES];
    ByteBuffer.wrap(Arrays.copyOf(found, HEADER)).asIntBuffer().get(header);
    if (found.length >= Integer.BYTES && header[0] != IMAGES) {
      throw broken(
          file,
          String.format(
              Locale.ROOT,
              "magic number 0x%08x%s, expected 0x%08x (images)",
              header[0],
              otherKind(header[0]),
              IMAGES));
    }
    if (found.length < HEADER) {
      throw broken(
          file, "it ends within its header, after " + found.length + " bytes, expected 16");
    }
    int count = header[1];
    int rows = header[2];
    int columns = header[3];
    String promise = count + " images of " + rows + "×" + columns;
    if (count < 1 || rows < 1 || columns < 1) {
      throw broken(file, "its header promises " + promise + ", expected at least one of 1×1");
    }
    // As a floating-point number the product cannot overflow.
    double size = (double) count * rows * columns;
    if (size > MOST_BYTES) {
      throw broken(file, "its header promises " + promise + ", expected less than 2 GiB");
    }
    byte[] pixels = pixels(file, in, (int) size);
    if (pixels.length < size) {
      throw broken(
          file, pixels.length + " bytes of pixels, expected " + (long) size + " (" + promise + ")");
    }
    long trailing = in.transferTo(OutputStream.nullOutputStream());
    if (trailing > 0) {
      throw broken(file, trailing + " bytes after the last image, expected none (" + promise + ")");
    }
    return new IdxImages(count, rows, columns, pixels);
  }

  /** Allocates memory as bytes arrive. A header with a wrong, large count costs nothing. */
  private static byte[] pixels(Path file, InputStream in, int size) throws IOException {
    try {
      return in.readNBytes(size);
    } catch (OutOfMemoryError e) {
      throw broken(
          file,
          "there is too little memory for its "
              + size
              + " bytes of pixels; they take twice as much while they are read",
          e);
    }
  }

  private static String otherKind(int magic) {
    if (magic == LABELS) {
      return " (labels)";
    }
    return magic >>> 16 == GZIP ? " (gzip; the name of a gzipped file must end in .gz)" : "";
  }

  private static InputException broken(Path file, String why) {
    return broken(file, why, null);
  }

  private static InputException broken(Path file, String why, Throwable cause) {
    return new InputException("IDX file " + file + ": " + why, cause);
  }

  /** The number of images, at least 1. */
  int count() {
    return count;
  }

  /** The height of each image. */
  int rows() {
    return rows;
  }

  /** The width of each image. */
  int columns() {
    return columns;
  }

  /** One byte for each pixel, {@code [count, rows, columns]}. Shared: it must not be changed. */
  byte[] pixels() {
    return pixels;
  }
}
