package org.pixelrnn.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Picture files, as other programs write them. */
public final class PictureBytes {
  /** The height of {@link #webP()}. */
  static final int WEBP_HEIGHT = 24;

  /** The width of {@link #webP()}. */
  static final int WEBP_WIDTH = 36;

  private PictureBytes() {}

  /** A picture in one of the formats that ImageIO writes. */
  public static byte[] of(BufferedImage image, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, out)) {
        throw new AssertionError("no writer for " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** A picture as a JPEG of several scans. */
  public static byte[] progressiveJpeg(BufferedImage image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam param = writer.getDefaultWriteParam();
    param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    try (ImageOutputStream to = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(to);
      writer.write(null, new IIOImage(image, null, null), param);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }

  /**
   * Pillow's lossless WebP of 24×36 pixels: red is {@code 10 · row + 4}, green is {@code 7 ·
   * column}, and blue is 160.
   */
  public static byte[] webP() {
    try (InputStream in = PictureBytes.class.getResourceAsStream("picture.webp")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A large grey PNG. All rows have the same samples. */
  public static byte[] largePng(int height, byte[] row) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    Deflater fast = new Deflater(Deflater.BEST_SPEED);
    try (DeflaterOutputStream out = new DeflaterOutputStream(packed, fast, 1 << 16)) {
      for (int r = 0; r < height; r++) {
        out.write(0); // No filter.
        out.write(row);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      fast.end();
    }
    ByteBuffer header = ByteBuffer.allocate(13).putInt(row.length).putInt(height).put((byte) 8);
    return join(
        bytes("\u0089PNG\r\n\u001a\n"),
        pngChunk("IHDR", header.array()),
        pngChunk("IDAT", packed.toByteArray()),
        pngChunk("IEND"));
  }

  /** A PNG with Exif data behind its picture. */
  static byte[] pngWithExif(byte[] png, byte[] exif) {
    int end = png.length - 12;
    return join(
        Arrays.copyOf(png, end), pngChunk("eXIf", exif), Arrays.copyOfRange(png, end, png.length));
  }

  private static byte[] pngChunk(String name, byte... data) {
    byte[] named = join(bytes(name), data);
    CRC32 crc = new CRC32();
    crc.update(named);
    return ByteBuffer.allocate(8 + named.length)
        .putInt(data.length)
        .put(named)
        .putInt((int) crc.getValue())
        .array();
  }

  /** A JPEG with Exif data. */
  static byte[] jpegWithExif(byte[] jpeg, byte[] exif) {
    byte[] segment =
        ByteBuffer.allocate(4 + 6 + exif.length)
            .putShort((short) 0xffe1)
            .putShort((short) (8 + exif.length))
            .put(bytes("Exif\0\0"))
            .put(exif)
            .array();
    return join(Arrays.copyOf(jpeg, 2), segment, Arrays.copyOfRange(jpeg, 2, jpeg.length));
  }

  /** A WebP of one picture with Exif data. */
  static byte[] webPWithExif(byte[] webP, byte[] exif) {
    byte[] extended = join(new byte[] {8, 0, 0, 0}, three(WEBP_WIDTH - 1), three(WEBP_HEIGHT - 1));
    return riff(riffChunk("VP8X", extended), chunks(webP), riffChunk("EXIF", exif));
  }

  /** An animated WebP whose only frame is {@link #webP()}. */
  public static byte[] animatedWebP(int height, int width, int top, int left) {
    byte[] extended = join(new byte[] {2, 0, 0, 0}, three(width - 1), three(height - 1));
    byte[] frame =
        join(
            three(left / 2),
            three(top / 2),
            three(WEBP_WIDTH - 1),
            three(WEBP_HEIGHT - 1),
            three(100),
            new byte[1],
            chunks(webP()));
    return riff(
        riffChunk("VP8X", extended), riffChunk("ANIM", new byte[6]), riffChunk("ANMF", frame));
  }

  private static byte[] chunks(byte[] webP) {
    return Arrays.copyOfRange(webP, 12, webP.length);
  }

  private static byte[] riff(byte[]... chunks) {
    byte[] all = join(chunks);
    return join(bytes("RIFF"), four(4 + all.length), bytes("WEBP"), all);
  }

  private static byte[] riffChunk(String name, byte[] data) {
    return join(bytes(name), four(data.length), data, new byte[data.length % 2]);
  }

  private static byte[] three(int number) {
    return Arrays.copyOf(four(number), 3);
  }

  private static byte[] four(int number) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array();
  }

  /** Exif data with an orientation: a TIFF file of one field. */
  static byte[] exif(int orientation, ByteOrder order) {
    return tiff(order, List.of(new int[] {TiffDirectory.ORIENTATION, orientation}));
  }

  /** A TIFF file without a picture, with fields of the form {tag, number, number, ...}. */
  static byte[] tiff(ByteOrder order, List<int[]> fields) {
    int size = 8 + 2 + 12 * fields.size() + 4;
    ByteBuffer tiff = ByteBuffer.allocate(size + 256).order(order);
    tiff.put(bytes(order == ByteOrder.BIG_ENDIAN ? "MM" : "II"));
    tiff.putShort((short) 42).putInt(8).putShort((short) fields.size());
    int far = size;
    for (int[] field : fields) {
      int count = field.length - 1;
      tiff.putShort((short) field[0]).putShort((short) 3).putInt(count);
      int next = tiff.position() + 4;
      if (count > 2) {
        tiff.putInt(far).position(far);
        far += 2 * count;
      }
      for (int i = 1; i <= count; i++) {
        tiff.putShort((short) field[i]);
      }
      tiff.position(next);
    }
    return Arrays.copyOf(tiff.array(), far);
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
