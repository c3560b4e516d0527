package org.pixelrnn.image;

import com.google.common.io.MoreFiles;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.pixelrnn.records.OutputFile;

/**
 * Pictures in files. Reads the formats of {@link #FORMATS}, and every other one for which Java's
 * ImageIO finds a reader. Writes PNG.
 */
public final class ImageFile {
  /** The formats that are read, for help and messages. */
  public static final String FORMATS =
      "PNG, JPEG, GIF, BMP, WebP or TIFF (of unsigned samples of 1, 2, 4, 8 or 16 bits, grey or RGB)";

  /** The most bytes of a file that are read. */
  private static final int MOST_BYTES = 1 << 29;

  private ImageFile() {}

  /**
   * Reads a picture as sub-pixel values {@code 0..255}, laid out {@code [height, width, channels]}.
   *
   * <p>The picture is cut to the aspect ratio of {@code shape} around its centre, then scaled to
   * its size, then converted to grey or to colour: see {@link Picture}.
   *
   * @param shape the height, width and channels to convert to; its levels do not matter
   * @throws InputException if the file is missing, broken or not a picture, or if the shape has
   *     neither 1 nor 3 channels
   */
  public static byte[] read(Path file, ImageShape shape) {
    return Picture.of(decode(file)).values(shape);
  }

  /**
   * Decodes the picture in a file and turns it upright.
   *
   * @throws InputException if the file is missing, broken or not a picture
   */
  public static BufferedImage decode(Path file) {
    byte[] encoded;
    // A device may have no end.
    try (InputStream in = Files.newInputStream(file)) {
      encoded = in.readNBytes(MOST_BYTES);
      if (in.read() >= 0) {
        throw new InputException("image " + file + ": more than " + MOST_BYTES + " bytes");
      }
    } catch (IOException e) {
      throw new InputException(
          "image " + file + ": cannot be read: " + InputException.reason(e), e);
    } catch (OutOfMemoryError e) {
      throw new InputException("image " + file + ": there is too little memory to read it", e);
    }
    return decode(encoded, file.toString());
  }

  /**
   * Decodes a picture. A picture whose Exif data say how the camera was held is turned upright. The
   * first frame of an animation is placed on its canvas. A picture of more than 128 MiB is read
   * with gaps: each n-th pixel of each n-th row.
   *
   * @param where the name of the bytes in messages, for instance a file and the number of a record
   * @throws InputException if the bytes are broken or not a picture, if the picture has more than
   *     200 million pixels, or if it is a TIFF of other samples than {@link #FORMATS} says
   */
  public static BufferedImage decode(byte[] encoded, String where) {
    return ImageDecoder.decode(encoded, where);
  }

  /**
   * Writes a picture as PNG. A regular file is replaced at once: whatever happens, it is the whole
   * old one or the whole new one. A symbolic link stays, and the file that it points to is
   * replaced. Into a pipe or a device the picture is written. Missing folders are created.
   *
   * @throws InputException if the file cannot be written, if the disk is full, or if {@link
   *     #checkWritable} refuses the file
   */
  public static void write(BufferedImage image, Path file) {
    write(image, file, OutputFile::write);
  }

  /**
   * Writes one of many pictures, as {@link #write} does, but without waiting for the disk each
   * time. A machine that loses power may lose the last of them.
   *
   * @throws InputException as {@link #write} does
   */
  public static void writeOneOfMany(BufferedImage image, Path file) {
    write(image, file, OutputFile::writeOneOfMany);
  }

  /** Writes bytes to a file. */
  private interface Writing {
    void write(byte[] bytes, Path file) throws IOException;
  }

  private static void write(BufferedImage image, Path file, Writing writing) {
    checkWritable(file);
    try {
      writing.write(png(image), file);
    } catch (IOException e) {
      throw notWritable(file, InputException.reason(e), e);
    }
  }

  /** Encodes a picture as PNG. */
  public static byte[] png(BufferedImage image) {
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    // Without this stream ImageIO writes a temporary file, and registers a shutdown hook that
    // deletes it. The disk may be full, and after a signal a hook is refused.
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(encoded)) {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return encoded.toByteArray();
  }

  /**
   * Checks, without writing, that {@link #write(BufferedImage, Path)} can write to a file.
   *
   * @throws InputException if the file is a folder; if a folder on the way to it is a file; or if
   *     its name ends like that of another format, for instance in {@code .jpg}
   */
  public static void checkWritable(Path file) {
    try {
      OutputFile.check(file);
    } catch (IOException e) {
      throw notWritable(file, InputException.reason(e), e);
    }
    String extension = MoreFiles.getFileExtension(file);
    if (!extension.isEmpty() && !extension.equalsIgnoreCase("png") && !OutputFile.isSpecial(file)) {
      throw notWritable(
          file, "PNG only, not " + extension + "; expected a name that ends in .png", null);
    }
  }

  private static InputException notWritable(Path file, String why, Throwable cause) {
    return new InputException("image " + file + ": cannot be written: " + why, cause);
  }
}
