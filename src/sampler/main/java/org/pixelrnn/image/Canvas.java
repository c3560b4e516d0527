package org.pixelrnn.image;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The canvas of an animation. Its first frame may be smaller; the rest of the canvas is then
 * transparent.
 *
 * @param height the rows of the canvas, at least those that the frame needs
 * @param width the columns of the canvas, at least those that the frame needs
 * @param top the canvas's row of the frame's first row
 * @param left the canvas's column of the frame's first column
 */
record Canvas(int height, int width, int top, int left) {
  /** The bytes of a pixel of a canvas around a smaller frame. */
  static final int PIXEL_BYTES = 4;

  private static final int GIF_HEADER = 13;

  /** Finds the canvas of a GIF or a WebP; empty if it has none, or if it is damaged. */
  static Optional<Canvas> in(byte[] encoded, int frameHeight, int frameWidth) {
    ByteBuffer file = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
    if (encoded.length < GIF_HEADER) {
      return Optional.empty();
    }
    // "GIF" or "RIFF".
    Optional<Canvas> found =
        file.getInt(0) << 8 == 0x46494700
            ? inGif(file)
            : file.getInt(0) == 0x46464952 ? inWebP(file) : Optional.empty();
    // Browsers enlarge a canvas that is too small for its first frame.
    return found.map(
        canvas ->
            new Canvas(
                Math.max(canvas.height, canvas.top + frameHeight),
                Math.max(canvas.width, canvas.left + frameWidth),
                canvas.top,
                canvas.left));
  }

  private static Optional<Canvas> inGif(ByteBuffer file) {
    int flags = file.get(10);
    int at = GIF_HEADER + ((flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1));
    // Extensions: 0x21, their kind, and blocks of up to 255 bytes. An empty block is the last one.
    while (at + 2 < file.limit() && file.get(at) == 0x21) {
      at += 2;
      while (at < file.limit() && file.get(at) != 0) {
        at += 1 + Byte.toUnsignedInt(file.get(at));
      }
      at++;
    }
    if (at + 9 > file.limit() || file.get(at) != 0x2c) {
      return Optional.empty();
    }
    return Optional.of(
        new Canvas(
            Short.toUnsignedInt(file.getShort(8)),
            Short.toUnsignedInt(file.getShort(6)),
            Short.toUnsignedInt(file.getShort(at + 3)),
            Short.toUnsignedInt(file.getShort(at + 1))));
  }

  private static Optional<Canvas> inWebP(ByteBuffer file) {
    Optional<ByteBuffer> canvas = RiffChunk.first(file, "VP8X").filter(c -> c.limit() >= 10);
    Optional<ByteBuffer> frame = RiffChunk.first(file, "ANMF").filter(f -> f.limit() >= 6);
    if (canvas.isEmpty() || frame.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Canvas(
            1 + threeBytes(canvas.get(), 7),
            1 + threeBytes(canvas.get(), 4),
            2 * threeBytes(frame.get(), 3),
            2 * threeBytes(frame.get(), 0)));
  }

  private static int threeBytes(ByteBuffer from, int at) {
    return Short.toUnsignedInt(from.getShort(at)) | Byte.toUnsignedInt(from.get(at + 2)) << 16;
  }

  /** The number of pixels of the canvas. */
  long pixels() {
    return (long) height * width;
  }

  /**
   * Places the first frame on the canvas.
   *
   * @param step the frame has only each {@code step}-th row and column, and so gets the canvas
   */
  BufferedImage place(BufferedImage frame, int step) {
    int rows = (height + step - 1) / step;
    int columns = (width + step - 1) / step;
    if (rows == frame.getHeight() && columns == frame.getWidth()) {
      return frame;
    }
    BufferedImage placed = new BufferedImage(columns, rows, BufferedImage.TYPE_INT_ARGB);
    Graphics2D drawing = placed.createGraphics();
    drawing.drawImage(frame, left / step, top / step, null);
    drawing.dispose();
    return placed;
  }
}
