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
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.pixelrnn.image.InputException;

/**
 * The images of an IDX file of MNIST: magic number 2051, count, rows, columns (32-bit, big-endian),
 * then a byte a pixel. A name that ends in {@code .gz} is a gzipped one.
 */
final class Idx {
  private static final int IMAGES = 0x00000803;
  private static final int LABELS = 0x00000801;
  private static final int GZIP = 0x1f8b;
  private static final int HEADER = 16;

  private final int count;
  private final int rows;
  private final int columns;
  private final byte[] pixels;

  private Idx(int count, int rows, int columns, byte[] pixels) {
    this.count = count;
    this.rows = rows;
    this.columns = columns;
    this.pixels = pixels;
  }

  /** The whole file; throws {@link InputException} that names it, what is found and expected. */
  static Idx read(Path file) {
    boolean gzipped = file.toString().endsWith(".gz");
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        InputStream in = gzipped ? new GZIPInputStream(raw, 1 << 16) : raw) {
      return read(file, in);
    } catch (ZipException e) {
      throw broken(file, "no whole gzip stream (" + e.getMessage() + "); is the name right?", e);
    } catch (EOFException e) {
      throw broken(file, "it ends too soon, within its gzip stream", e);
    } catch (IOException e) {
      throw new InputException("IDX file " + file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static Idx read(Path file, InputStream in) throws IOException {
    byte[] found = in.readNBytes(HEADER);
    int[] header = new int[HEADER / Integer.BYTES];
    ByteBuffer.wrap(Arrays.copyOf(found, HEADER)).asIntBuffer().get(header);
    if (found.length >= Integer.BYTES && header[0] != IMAGES) {
      throw broken(
          file,
          String.format(
              "magic number 0x%08x%s, expected 0x%08x (images)",
              header[0], otherKind(header[0]), IMAGES),
          null);
    }
    if (found.length < HEADER) {
      throw broken(file, "it ends within its header, expected 16 bytes of it", null);
    }
    int count = header[1];
    int rows = header[2];
    int columns = header[3];
    String promise = count + " images of " + rows + "×" + columns;
    if (count < 1 || rows < 1 || columns < 1) {
      throw broken(file, "its header promises " + promise + ", expected at least one of 1×1", null);
    }
    // In floating point there is no overflow.
    double size = (double) count * rows * columns;
    if (size > Integer.MAX_VALUE - 16) {
      throw broken(file, "its header promises " + promise + ", more than memory holds", null);
    }
    // Reads in pieces, so that a header's lie costs no memory.
    byte[] pixels = in.readNBytes((int) size);
    if (pixels.length < size) {
      throw broken(
          file,
          pixels.length + " bytes of pixels, expected " + (long) size + " (" + promise + ")",
          null);
    }
    long trailing = in.transferTo(OutputStream.nullOutputStream());
    if (trailing > 0) {
      throw broken(
          file, trailing + " bytes after the last image, expected none (" + promise + ")", null);
    }
    return new Idx(count, rows, columns, pixels);
  }

  private static String otherKind(int magic) {
    if (magic == LABELS) {
      return " (labels)";
    }
    return magic >>> 16 == GZIP ? " (gzipped: then its name ends in .gz)" : "";
  }

  private static InputException broken(Path file, String why, Throwable cause) {
    return new InputException("IDX file " + file + ": " + why, cause);
  }

  int count() {
    return count;
  }

  int rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  /** A byte a pixel, {@code [count, rows, columns]}; shared, not to be changed. */
  byte[] pixels() {
    return pixels;
  }
}
