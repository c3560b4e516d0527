package org.pixelrnn.image;

import javax.imageio.stream.ImageInputStreamImpl;

/**
 * The bytes of a picture file as ImageIO reads them. It knows how many there are, so that readers
 * can see that a header promises more.
 *
 * <p>The WebP reader takes zeros for the bytes that are missing at the end, however many it needs.
 * So a stream that is read too often at its end throws an exception.
 */
final class EncodedStream extends ImageInputStreamImpl {
  /** The most readings at the end. No reader needs more than a few for a whole picture. */
  private static final int MOST_AT_END = 10_000;

  private final byte[] bytes;
  private int readAtEnd;

  EncodedStream(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public long length() {
    return bytes.length;
  }

  /**
   * Does nothing. The method of the superclass would keep each stream, with its bytes, until a
   * single thread of the JVM has called it. HotSpot leaves out methods without a body.
   */
  @Override
  @SuppressWarnings({"deprecation", "Finalize"})
  protected void finalize() {}

  @Override
  public int read() {
    bitOffset = 0;
    return streamPos < bytes.length ? Byte.toUnsignedInt(bytes[(int) streamPos++]) : end();
  }

  private int end() {
    readAtEnd++;
    if (readAtEnd > MOST_AT_END) {
      // Readers catch an IOException.
      throw new IllegalStateException("it ends too soon");
    }
    return -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    bitOffset = 0;
    if (length == 0) {
      return 0;
    }
    if (streamPos >= bytes.length) {
      return end();
    }
    int count = (int) Math.min(length, bytes.length - streamPos);
    System.arraycopy(bytes, (int) streamPos, into, offset, count);
    streamPos += count;
    return count;
  }
}
